package dev.fetchonce.internal.origin;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Takes no body: it is not waited for, as its end may never come. Where there is one, that costs its connection.
 *
 * @param getBody what is made instead, at once
 * @param empty whether the head says that there is none
 * @param <T> what a body would have become
 */
public record DiscardingSubscriber<T extends @Nullable Object>(CompletionStage<T> getBody, boolean empty)
        implements BodySubscriber<T> {
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
