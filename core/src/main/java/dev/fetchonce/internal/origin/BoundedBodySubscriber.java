package dev.fetchonce.internal.origin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that gathers a body up to a limit, or hands it on live. A longer body is refused or handed on live, as
 * the {@link BodyMode} says. To refuse it, the subscriber cancels the subscription, which closes the connection. A body
 * handler that throws would leave the connection open for good.
 */
final class BoundedBodySubscriber implements IncomingBody {
    private final int limit;
    private final OptionalLong announced;
    private final BodyMode mode;
    private final CompletableFuture<ReceivedBody> body = new CompletableFuture<>();
    private byte[] bytes = new byte[0];
    private int length;
    private volatile @Nullable RefusedBodyException refusal;
    private Flow.@Nullable Subscription subscription;
    private volatile @Nullable StreamingBody live;

    /** An exception for a body that is refused: it is longer than the limit, or its head is invalid. */
    static final class RefusedBodyException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedBodyException(String message) {
            super(message);
        }
    }

    BoundedBodySubscriber(int limit, OptionalLong announced, BodyMode mode) {
        this.limit = limit;
        this.announced = announced;
        this.mode = mode;
    }

    @Override
    public CompletionStage<ReceivedBody> getBody() {
        return body;
    }

    @Override
    public void abandon() {
        var unused = body.thenAccept(made -> {
            if (made instanceof ReceivedBody.Rest rest) {
                rest.live().abandon();
            }
        });
    }

    @Override
    public void onSubscribe(Flow.Subscription flow) {
        subscription = flow;
        boolean longer = announced.isPresent() && announced.getAsLong() > limit;
        switch (mode) {
            case REFUSE -> refuse("its head is invalid");
            case REFUSE_LONGER -> {
                if (longer) {
                    refuse("a body of " + announced.getAsLong() + " bytes was announced");
                } else {
                    flow.request(Long.MAX_VALUE);
                }
            }
            case STREAM_LONGER -> {
                if (longer) {
                    stream(flow, List.of());
                } else {
                    flow.request(1);
                }
            }
            case STREAM -> stream(flow, List.of());
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        StreamingBody streamed = live;
        if (streamed != null) {
            streamed.arrived(buffers);
        } else if (!body.isDone()) {
            gather(buffers);
        }
    }

    private void gather(List<ByteBuffer> buffers) {
        Flow.Subscription flow = subscription;
        if (mode == BodyMode.STREAM_LONGER && flow != null) {
            long size = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
            if (size > limit - length) {
                stream(flow, List.of(buffers));
                return;
            }
        }
        for (ByteBuffer buffer : buffers) {
            if (buffer.remaining() > limit - length) {
                refuse("the body did not end within " + limit + " bytes");
                return;
            }
            append(buffer);
        }
        if (mode == BodyMode.STREAM_LONGER && flow != null) {
            flow.request(1); // one at a time: no item is under way when the body passes the limit
        }
    }

    /** Hands the body on: the gathered bytes, these last buffers, and the connection, which has no open request now. */
    private void stream(Flow.Subscription flow, List<List<ByteBuffer>> last) {
        List<List<ByteBuffer>> held = new ArrayList<>();
        new ByteBufferChunks(bytes, length).forEachRemaining(held::add);
        held.addAll(last);
        bytes = new byte[0];
        StreamingBody made = new StreamingBody(held.iterator(), flow, 0);
        live = made;
        body.complete(new ReceivedBody.Rest(made));
    }

    /** Copies a buffer at once: a buffer for a chunk of one byte takes seventy times the memory of that byte. */
    private void append(ByteBuffer buffer) {
        int end = length + buffer.remaining();
        if (end > bytes.length) {
            long believed = announced.orElse(limit);
            long most = end > believed ? limit : Math.min(limit, believed); // the last array is then the body
            bytes = Arrays.copyOf(bytes, (int) Math.max(end, Math.min(most, 2L * bytes.length)));
        }
        int size = buffer.remaining();
        buffer.get(bytes, length, size);
        length = end;
    }

    @Override
    public void onError(Throwable failure) {
        StreamingBody streamed = live;
        if (streamed != null) {
            streamed.completed(failure);
            return;
        }
        bytes = new byte[0];
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        StreamingBody streamed = live;
        if (streamed != null) {
            streamed.completed(null);
        } else if (!body.isDone()) {
            body.complete(new ReceivedBody.Whole(bytes.length == length ? bytes : Arrays.copyOf(bytes, length)));
        }
    }

    /**
     * Returns the reason for the refusal of the body, or null. The client may report another failure, as the refusal
     * ends its connection.
     */
    @Nullable
    RefusedBodyException refusal() {
        return refusal;
    }

    private void refuse(String what) {
        RefusedBodyException tooLarge = new RefusedBodyException(what);
        refusal = tooLarge;
        bytes = new byte[0];
        if (subscription != null) {
            subscription.cancel();
        }
        body.completeExceptionally(tooLarge);
    }
}
