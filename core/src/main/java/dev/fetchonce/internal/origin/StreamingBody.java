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
 * A body that was not gathered: what came of it, and the paused connection that has the rest. One may claim it; until then
 * nothing more is read. Whoever hands it around unclaimed has to {@link #abandon} it in the end, as its connection stays
 * open for so long. Thread-safe.
 */
public final class StreamingBody {
    private final BodyDelivery delivery;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> claimed = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    /**
     * A body with that source.
     *
     * @param held what came before
     * @param asked how many items were asked of the source that have not come
     */
    StreamingBody(Iterator<List<ByteBuffer>> held, Flow.Subscription upstream, int asked) {
        this.delivery = new BodyDelivery(held, new Upstream(upstream), asked);
    }

    /** The connection, which is done with once it was cancelled. */
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

    /** The body, for the first who asks and for nobody once it was abandoned; it is the claimant's to attach or abandon. */
    public Optional<BodyDelivery> claim() {
        boolean mine = taken.compareAndSet(false, true);
        claimed.complete(null);
        return mine ? Optional.of(delivery) : Optional.empty();
    }

    /**
     * Gives it up and closes its connection, unless somebody claims it within that time.
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
     * Gives it up and closes its connection, unless somebody has claimed it.
     *
     * @return whether nobody has it or will get it
     */
    public boolean abandon() {
        if (!taken.compareAndSet(false, true)) {
            return false;
        }
        delivery.abandon(new IOException("nobody wanted the body"));
        return true;
    }

    /** Has this run once the connection is done with: the body came to its end, broke or was given up. */
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
