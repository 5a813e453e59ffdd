package dev.fetchonce.internal.origin;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that wraps a caller's subscriber and observes the end of its subscription. It is as thread-safe as the
 * caller's subscriber.
 *
 * @param <T> the type of the decoded body
 */
public final class ObservingSubscriber<T extends @Nullable Object> implements Flow.Subscriber<List<ByteBuffer>> {
    private final HttpResponse.BodySubscriber<T> theirs;
    private final CompletableFuture<Throwable> error = new CompletableFuture<>();

    /** Wraps a caller's subscriber. */
    public ObservingSubscriber(HttpResponse.BodySubscriber<T> theirs) {
        this.theirs = theirs;
    }

    /**
     * Returns the body that the caller's subscriber makes, or the error that ended its subscription. Where the
     * subscriber makes a body in spite of the error, the first of the two counts.
     */
    public CompletableFuture<T> outcome() {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        try {
            theirs.getBody().whenComplete((made, failure) -> {
                if (failure == null) {
                    outcome.complete(made);
                } else {
                    outcome.completeExceptionally(failure);
                }
            });
        } catch (Throwable e) {
            outcome.completeExceptionally(e);
        }
        var unused = error.thenAccept(outcome::completeExceptionally);
        return outcome;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        theirs.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        theirs.onNext(buffers);
    }

    @Override
    public void onError(Throwable failure) {
        try {
            theirs.onError(failure);
        } catch (Throwable e) {
            // the call fails with the first failure
        } finally {
            error.complete(failure);
        }
    }

    /**
     * Passes the end on. As in the JDK, an exception of it goes to {@code onError}, and the subscriber may still make a
     * body.
     */
    @Override
    public void onComplete() {
        try {
            theirs.onComplete();
        } catch (Throwable e) {
            try {
                theirs.onError(e);
            } catch (Throwable again) {
                error.complete(again);
            }
        }
    }
}
