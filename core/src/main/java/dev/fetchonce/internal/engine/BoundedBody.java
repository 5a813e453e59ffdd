package dev.fetchonce.internal.engine;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
    private byte[] bytes = new byte[0];
    private int length;
    private volatile @Nullable TooLargeException refusal;
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
            if (buffer.remaining() > limit - length) {
                refuse("the body did not end within " + limit + " bytes");
                return;
            }
            append(buffer);
        }
    }

    /** Copied at once: a buffer takes seventy times the memory of a chunk of one byte. */
    private void append(ByteBuffer buffer) {
        int end = length + buffer.remaining();
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(end, 2L * bytes.length)));
        }
        int size = buffer.remaining();
        buffer.get(bytes, length, size);
        length = end;
    }

    @Override
    public void onError(Throwable failure) {
        bytes = new byte[0];
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (!body.isDone()) {
            body.complete(bytes.length == length ? bytes : Arrays.copyOf(bytes, length));
        }
    }

    /** Why the body was refused, or null: the client may tell something else, as the refusal ends its connection. */
    @Nullable
    TooLargeException refusal() {
        return refusal;
    }

    private void refuse(String what) {
        TooLargeException tooLarge = new TooLargeException(what);
        refusal = tooLarge;
        bytes = new byte[0];
        if (subscription != null) {
            subscription.cancel();
        }
        body.completeExceptionally(tooLarge);
    }
}
