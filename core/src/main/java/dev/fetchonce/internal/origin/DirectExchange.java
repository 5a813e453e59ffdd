package dev.fetchonce.internal.origin;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The way past the cache: a request goes to its origin as it is, and the answer through its caller's own handler, as the
 * JDK's client does it. Thread-safe.
 */
public final class DirectExchange {
    private final OriginClient clients;
    private final UnaryOperator<HttpRequest> requests;
    private final UserCodeFailures faults;

    /**
     * Makes the way past a cache that has this client.
     *
     * @param requests changes each request before it is sent; code of the application
     */
    public DirectExchange(OriginClient clients, UnaryOperator<HttpRequest> requests, UserCodeFailures faults) {
        this.clients = clients;
        this.requests = requests;
        this.faults = faults;
    }

    /**
     * Sends a request and waits for its head, and for so much of its body as the handler waits for.
     *
     * @param pushes what takes the responses that come without having been asked for, or null
     * @param reading told of the body when it begins; its reader may go on after this call
     * @throws ExecutionException when it failed; the cause is what the future of the JDK's client failed with
     * @throws InterruptedException when this thread is or becomes interrupted; the connection is closed then
     */
    public <T extends @Nullable Object> HttpResponse<T> send(
            HttpRequest request,
            HttpResponse.BodyHandler<T> handler,
            HttpResponse.@Nullable PushPromiseHandler<T> pushes,
            Consumer<BodyDelivery> reading)
            throws ExecutionException, InterruptedException {
        HttpRequest changed = changed(request);
        Use use = new Use(clients.enter(), reading);
        try {
            return awaited(use.generation
                    .client()
                    .sendAsync(changed, info -> new Passage<>(applied(handler, info), use), pushes));
        } catch (Throwable e) {
            use.fail();
            throw e;
        }
    }

    /** A handler that throws would leave the connection open for good. */
    private static <T extends @Nullable Object> HttpResponse.BodySubscriber<T> applied(
            HttpResponse.BodyHandler<T> handler, HttpResponse.ResponseInfo head) {
        try {
            return Objects.requireNonNull(handler.apply(head), "the BodyHandler returned null");
        } catch (Throwable e) {
            return new DiscardingSubscriber<>(CompletableFuture.failedFuture(e), false);
        }
    }

    private HttpRequest changed(HttpRequest request) throws ExecutionException {
        URI uri = request.uri();
        try {
            HttpRequest changed = UserCode.changed(requests, request);
            faults.worked(uri.toString());
            return changed;
        } catch (UserCodeException e) {
            faults.struck(uri.toString(), e.failure(uri.getScheme() + "://" + uri.getHost()));
            throw new ExecutionException(new IOException(e.getMessage(), e.getCause()));
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

    /** The use of a client from the request to the end of the body: until then it must not be ended. */
    private final class Use {
        private final OriginClient.Generation generation;
        private final Consumer<BodyDelivery> reading;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable BodyDelivery body;

        Use(OriginClient.Generation generation, Consumer<BodyDelivery> reading) {
            this.generation = generation;
            this.reading = reading;
        }

        void begins(BodyDelivery one) {
            body = one;
            one.whenOver(this::end);
            reading.accept(one);
        }

        /** Tells that the call has failed: what may be left of its body goes to no one. */
        void fail() {
            BodyDelivery begun = body;
            if (begun != null) {
                begun.abandon(new IOException("Request cancelled"));
            }
            end();
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                clients.leave(generation);
            }
        }
    }

    /** A body on its way from a client to a caller's subscriber; it begins before the client can tell its caller of it. */
    private static final class Passage<T extends @Nullable Object> implements HttpResponse.BodySubscriber<T> {
        private final ObservingSubscriber<T> witness;
        private final Connection connection = new Connection();
        private final BodyDelivery delivery = new BodyDelivery(Collections.emptyIterator(), connection);

        Passage(HttpResponse.BodySubscriber<T> theirs, Use use) {
            this.witness = new ObservingSubscriber<>(theirs);
            use.begins(delivery);
        }

        @Override
        public CompletionStage<T> getBody() {
            return witness.outcome();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            connection.is(subscription);
            delivery.attach(witness);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            delivery.arrived(buffers);
        }

        @Override
        public void onError(Throwable failure) {
            delivery.ended(failure);
        }

        @Override
        public void onComplete() {
            delivery.ended(null);
        }
    }

    /** A connection that may be done with before it is known. */
    private static final class Connection implements Flow.Subscription {
        private volatile Flow.@Nullable Subscription known;
        private volatile boolean cancelled;

        void is(Flow.Subscription subscription) {
            known = subscription;
            if (cancelled) {
                subscription.cancel();
            }
        }

        @Override
        public void request(long n) {
            Objects.requireNonNull(known, "who requests has been subscribed").request(n);
        }

        @Override
        public void cancel() {
            cancelled = true;
            Flow.Subscription subscription = known;
            if (subscription != null) {
                subscription.cancel();
            }
        }
    }
}
