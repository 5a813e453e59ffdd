package dev.fetchonce.internal.engine;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a body up to a limit. A longer one is refused by cancelling the subscription, which closes the connection; a
 * body handler that throws would leave it open for good.
 */
final class BoundedBody implements BodySubscriber<byte[]> {
    private final int limit;
    private final OptionalLong announced;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final List<ByteBuffer> parts = new ArrayList<>();
    private long length;
    private Flow.@Nullable Subscription subscription;

    /** A body longer than the limit. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message);
        }
    }

    BoundedBody(int limit, OptionalLong announced) {
        this.limit = limit;
        this.announced = announced;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription flow) {
        subscription = flow;
        if (announced.isPresent() && announced.getAsLong() > limit) {
            refuse("a body of " + announced.getAsLong() + " bytes was announced");
        } else {
            flow.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (body.isDone()) {
            return;
        }
        for (ByteBuffer buffer : buffers) {
            length += buffer.remaining();
            parts.add(buffer);
        }
        if (length > limit) {
            refuse("the body did not end within " + limit + " bytes");
        }
    }

    @Override
    public void onError(Throwable failure) {
        parts.clear();
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (body.isDone()) {
            return;
        }
        byte[] bytes = new byte[(int) length];
        int at = 0;
        for (ByteBuffer part : parts) {
            int size = part.remaining();
            part.get(bytes, at, size);
            at += size;
        }
        parts.clear();
        body.complete(bytes);
    }

    private void refuse(String what) {
        if (subscription != null) {
            subscription.cancel();
        }
        parts.clear();
        body.completeExceptionally(new TooLargeException(what));
    }
}
