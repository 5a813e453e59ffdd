package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.message.Framing;
import java.io.IOException;
import java.io.Serial;
import java.net.ProtocolException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a body up to a limit. It refuses a longer body as soon as its length is known, and a head with faulty
 * framing.
 */
final class LimitedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final int limit;
    private final @Nullable IOException refusal;
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();

    // Signals come one after another, and each sees the writes of the one before.
    private Flow.@Nullable Subscription subscription;
    private byte[] bytes = new byte[0];
    private int length;

    /** The failure of a body that is longer than the limit. */
    static final class TooLargeException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message);
        }
    }

    private LimitedBody(int limit, long announced, @Nullable IOException refusal) {
        this.limit = limit;
        this.refusal = refusal;
        if (refusal == null) {
            this.bytes = new byte[(int) announced];
        }
    }

    /** Returns the subscriber for the body of a response with this head. */
    static LimitedBody of(HttpResponse.ResponseInfo head, int limit) {
        Optional<String> fault = Framing.fault(head.statusCode(), head.headers());
        if (fault.isPresent()) {
            return new LimitedBody(limit, 0, new ProtocolException(fault.get()));
        }
        long announced = head.statusCode() == 304 // the length in a 304 is that of another body
                ? 0
                : Framing.length(head.headers()).orElse(0);
        return announced > limit
                ? new LimitedBody(limit, 0, new TooLargeException("a body of " + announced + " bytes was announced"))
                : new LimitedBody(limit, announced, null);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription flow) {
        subscription = flow;
        if (refusal == null) {
            flow.request(Long.MAX_VALUE);
        } else {
            refuse(refusal);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            if (body.isDone()) {
                return;
            }
            if (buffer.remaining() > limit - length) {
                refuse(new TooLargeException("the body did not end within " + limit + " bytes"));
            } else {
                append(buffer);
            }
        }
    }

    private void append(ByteBuffer buffer) {
        int size = buffer.remaining();
        int end = length + size;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(end, 2L * bytes.length)));
        }
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
        body.complete(bytes.length == length ? bytes : Arrays.copyOf(bytes, length));
    }

    private void refuse(IOException why) {
        bytes = new byte[0];
        if (subscription != null) {
            subscription.cancel(); // this closes the connection
        }
        body.completeExceptionally(why);
    }
}
