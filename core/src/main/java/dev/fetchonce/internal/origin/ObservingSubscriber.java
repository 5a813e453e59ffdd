package dev.fetchonce.internal.origin;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The subscriber that stands in front of a caller's own and sees how its subscription ends. Thread-safe as far as that one is.
 *
 * @param <T> what becomes of the body
 */
public final class ObservingSubscriber<T extends @Nullable Object> implements Flow.Subscriber<List<ByteBuffer>> {
    private final HttpResponse.BodySubscriber<T> theirs;
    private final CompletableFuture<Throwable> error = new CompletableFuture<>();

    /** Stands in front of that one. */
    public ObservingSubscriber(HttpResponse.BodySubscriber<T> theirs) {
        this.theirs = theirs;
    }

    /** The body they make; or the error with which their subscription ended, unless they make one of that. */
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
            // the call fails with what went wrong first
        } finally {
            error.complete(failure);
        }
    }

    /** As the JDK has it: an exception here is their error, of which they may still make a body. */
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
