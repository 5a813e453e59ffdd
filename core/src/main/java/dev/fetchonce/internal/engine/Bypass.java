package dev.fetchonce.internal.engine;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The way past the cache: a request goes to its origin as it is, and the answer through its caller's own handler, as the
 * JDK's client does it. Thread-safe.
 */
public final class Bypass {
    private final OriginClient clients;
    private final UnaryOperator<HttpRequest> requests;

    /**
     * Makes the way past a cache that has this client.
     *
     * @param requests changes each request before it is sent; code of the application
     */
    public Bypass(OriginClient clients, UnaryOperator<HttpRequest> requests) {
        this.clients = clients;
        this.requests = requests;
    }

    /**
     * Sends a request and waits for its head, and for so much of its body as the handler waits for.
     *
     * @param pushes what takes the responses that come without having been asked for, or null
     * @throws ExecutionException when it failed; the cause is what the future of the JDK's client failed with
     * @throws InterruptedException when this thread is or becomes interrupted; the connection is closed then
     */
    public <T extends @Nullable Object> HttpResponse<T> send(
            HttpRequest request,
            HttpResponse.BodyHandler<T> handler,
            HttpResponse.@Nullable PushPromiseHandler<T> pushes)
            throws ExecutionException, InterruptedException {
        HttpRequest changed = changed(request);
        Passage passage = new Passage(clients.enter());
        try {
            CompletableFuture<HttpResponse<T>> answer = passage.generation
                    .client()
                    .sendAsync(changed, info -> new Watched<>(applied(handler, info), passage), pushes);
            return awaited(answer);
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            passage.end();
            throw e;
        }
    }

    /** A handler that throws would leave the connection open for good. */
    private static <T extends @Nullable Object> HttpResponse.BodySubscriber<T> applied(
            HttpResponse.BodyHandler<T> handler, HttpResponse.ResponseInfo head) {
        try {
            return Objects.requireNonNull(handler.apply(head), "the BodyHandler returned null");
        } catch (Throwable e) {
            return new Unread<>(CompletableFuture.failedFuture(e), false);
        }
    }

    private HttpRequest changed(HttpRequest request) throws ExecutionException {
        try {
            return Application.changed(requests, request);
        } catch (ApplicationFault e) {
            throw new ExecutionException(new IOException(e.getMessage(), e));
        }
    }

    private static <T extends @Nullable Object> HttpResponse<T> awaited(CompletableFuture<HttpResponse<T>> answer)
            throws ExecutionException, InterruptedException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    /** The use of a client from the request to the last byte: until then it must not be ended. */
    private final class Passage {
        private final OriginClient.Generation generation;
        private final AtomicBoolean ended = new AtomicBoolean();

        Passage(OriginClient.Generation generation) {
            this.generation = generation;
        }

        void end() {
            if (ended.compareAndSet(false, true)) {
                clients.leave(generation);
            }
        }
    }

    /** A caller's subscriber, of which one sees when it has no more use for the connection. */
    private static final class Watched<T extends @Nullable Object> implements HttpResponse.BodySubscriber<T> {
        private final HttpResponse.BodySubscriber<T> theirs;
        private final Passage passage;

        Watched(HttpResponse.BodySubscriber<T> theirs, Passage passage) {
            this.theirs = theirs;
            this.passage = passage;
        }

        @Override
        public CompletionStage<T> getBody() {
            return theirs.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            theirs.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    subscription.request(n);
                }

                @Override
                public void cancel() {
                    subscription.cancel();
                    passage.end();
                }
            });
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            theirs.onNext(buffers);
        }

        @Override
        public void onError(Throwable failure) {
            passage.end();
            theirs.onError(failure);
        }

        @Override
        public void onComplete() {
            passage.end();
            theirs.onComplete();
        }
    }
}
