package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.http.message.TargetUri;
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
 * An exchange past the cache. The request goes to its origin as it is, and the response goes to the caller's own
 * handler, as with the JDK's client. Thread-safe.
 */
public final class DirectExchange {
    private final OriginClient clients;
    private final UnaryOperator<HttpRequest> requests;
    private final Runnable sending;
    private final UserCodeFailures userCodeFailures;

    /**
     * Makes the exchanges past a cache that has this client.
     *
     * @param requests the application's function that changes each request before it is sent
     * @param sending run before each request is sent
     */
    public DirectExchange(
            OriginClient clients,
            UnaryOperator<HttpRequest> requests,
            Runnable sending,
            UserCodeFailures userCodeFailures) {
        this.clients = clients;
        this.requests = requests;
        this.sending = sending;
        this.userCodeFailures = userCodeFailures;
    }

    /**
     * Sends a request and waits for the head of its response, and for as much of its body as the handler waits for.
     *
     * @param pushes the handler of pushed responses, or null
     * @param reading gets the body when it begins; the reader may go on after the end of this call
     * @throws ExecutionException when the exchange failed; its cause is the failure of the future of the JDK's client
     * @throws InterruptedException when the current thread is or becomes interrupted; this closes the connection
     */
    public <T extends @Nullable Object> HttpResponse<T> send(
            HttpRequest request,
            HttpResponse.BodyHandler<T> handler,
            HttpResponse.@Nullable PushPromiseHandler<T> pushes,
            Consumer<BodyDelivery> reading)
            throws ExecutionException, InterruptedException {
        HttpRequest changed = changed(request);
        sending.run();
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

    /**
     * Returns the subscriber of the handler. Where the handler throws, returns a subscriber that fails: the JDK's
     * client would leave the connection open for good.
     */
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
            userCodeFailures.succeeded(uri.toString());
            return changed;
        } catch (UserCodeException e) {
            userCodeFailures.failed(uri.toString(), e.failure(TargetUri.name(uri)));
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

    /** The use of a client from the request to the end of the body. The client must not end before that. */
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

        /** Ends the use after a failure of the call, and abandons the rest of the body. */
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

    /**
     * A body on its way from a client to a caller's subscriber. It begins before the client can report it to its
     * caller.
     */
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

    /** A subscription of the client that may be cancelled before the client hands it over. */
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
            Objects.requireNonNull(known, "a request before onSubscribe").request(n);
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
