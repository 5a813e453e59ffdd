package dev.fetchonce.internal.client;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A body that is for nobody: it is not waited for, as its end may never come. Where there is one, that costs its connection.
 *
 * @param <T> what it would have become
 */
final class Dropped<T extends @Nullable Object> implements BodySubscriber<T> {
    private final boolean empty;

    /**
     * Makes one.
     *
     * @param empty whether the head says that there is none
     */
    Dropped(boolean empty) {
        this.empty = empty;
    }

    @Override
    @SuppressWarnings("NullAway") // of nothing nothing is made, whatever the type
    public CompletionStage<T> getBody() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (empty) {
            subscription.request(Long.MAX_VALUE);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        // nothing was asked for
    }

    @Override
    public void onError(Throwable failure) {
        // nobody waits
    }

    @Override
    public void onComplete() {
        // nobody waits
    }
}
