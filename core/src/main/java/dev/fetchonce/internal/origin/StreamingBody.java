package dev.fetchonce.internal.origin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A body that was not gathered: its first bytes, and the paused connection that has the rest. One reader may claim it;
 * until then the connection reads nothing more and stays open. The holder of an unclaimed body must therefore
 * {@link #abandon} it in the end. Thread-safe.
 */
public final class StreamingBody {
    private final BodyDelivery delivery;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> claimed = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    /**
     * Makes a body with a source.
     *
     * @param held the buffers that have come
     * @param upstream the source of the rest
     * @param asked the number of items that were requested of the source and have not come
     */
    StreamingBody(Iterator<List<ByteBuffer>> held, Flow.Subscription upstream, int asked) {
        this.delivery = new BodyDelivery(held, new Upstream(upstream), asked);
    }

    /** The connection; its use ends with its cancellation. */
    private final class Upstream implements Flow.Subscription {
        private final Flow.Subscription connection;

        Upstream(Flow.Subscription connection) {
            this.connection = connection;
        }

        @Override
        public void request(long n) {
            connection.request(n);
        }

        @Override
        public void cancel() {
            try {
                connection.cancel();
            } finally {
                ended.complete(null);
            }
        }
    }

    /**
     * Returns the body to the first caller, which must attach or abandon it. Returns empty to later callers, and once
     * the body was abandoned.
     */
    public Optional<BodyDelivery> claim() {
        boolean mine = taken.compareAndSet(false, true);
        claimed.complete(null);
        return mine ? Optional.of(delivery) : Optional.empty();
    }

    /**
     * Abandons the body and closes its connection, unless a reader claims it within that time. An interrupt of the
     * current thread abandons it too, and stays pending.
     */
    public void abandonUnlessClaimed(Duration within) {
        try {
            claimed.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            abandon();
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Abandons the body and closes its connection, unless a reader has claimed it.
     *
     * @return whether this call abandoned it; false when it was claimed or abandoned before
     */
    public boolean abandon() {
        if (!taken.compareAndSet(false, true)) {
            return false;
        }
        delivery.abandon(new IOException("the body was abandoned"));
        return true;
    }

    /** Runs an action once the connection is no longer in use: the body has ended, failed or was abandoned. */
    void whenEnded(Runnable action) {
        var unused = ended.thenRun(action);
    }

    void arrived(List<ByteBuffer> buffers) {
        delivery.arrived(buffers);
    }

    void completed(@Nullable Throwable error) {
        ended.complete(null);
        delivery.ended(error);
    }
}
