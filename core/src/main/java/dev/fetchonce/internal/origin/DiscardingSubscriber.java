package dev.fetchonce.internal.origin;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that takes no body and does not wait for one, as the end of a body may never come. Where the response
 * has a body, this closes the connection.
 *
 * @param getBody the value in place of the body; it is complete at once
 * @param empty whether the head says that the response has no body
 * @param <T> the type of that value
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
        // the subscriber requests no bytes
    }

    @Override
    public void onError(Throwable failure) {
        // the value is complete
    }

    @Override
    public void onComplete() {
        // the value is complete
    }
}
