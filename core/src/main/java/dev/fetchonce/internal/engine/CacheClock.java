package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.origin.UserCodeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The time by which responses age: monotonic, in nanoseconds, and running on while the machine sleeps. Thread-safe.
 *
 * <p>{@link System#nanoTime()} stands still while the machine is suspended. A laptop that slept a night would
 * therefore take the response of last night for fresh. The wall clock runs on, but it jumps. This clock therefore
 * reads monotonic time. Once a second a reader also compares it with the wall clock, and adds any lead of the wall
 * clock beyond drift. A wall clock that is set forward makes responses stale early, which is safe; one that is set
 * back changes nothing.
 */
public final class CacheClock {
    private static final long LOOK_EVERY = Duration.ofSeconds(1).toNanos();

    /** The largest difference that counts as drift between the two clocks; a larger one is sleep. */
    private static final long DRIFT = Duration.ofSeconds(1).toNanos();

    private final LongSupplier monotonic;
    private final InstantSource wall;
    private final AtomicReference<Look> last;

    /** Both clocks at the last comparison, and the sleep found until then. */
    private record Look(long nanos, Instant wall, long slept) {}

    /** Makes the clock from a monotonic clock and a wall clock. */
    public CacheClock(LongSupplier monotonic, InstantSource wall) {
        this.monotonic = monotonic;
        this.wall = wall;
        this.last = new AtomicReference<>(new Look(monotonic.getAsLong(), wall.instant(), 0));
    }

    /** Returns the time now. It reads one clock, and two at most once a second. */
    public long now() {
        long nanos = nanos(); // read first: the processor completes every earlier read there
        Look look = last.get(); // this may be a later comparison: its sleep counts as well
        return nanos - look.nanos >= LOOK_EVERY ? lookAgain(look, nanos) : nanos + look.slept;
    }

    /** Returns the time of the wall clock. */
    public Instant instant() {
        try {
            return wall.instant();
        } catch (Throwable e) {
            throw UserCodeException.threw("the clock", e);
        }
    }

    private long nanos() {
        try {
            return monotonic.getAsLong();
        } catch (Throwable e) {
            throw UserCodeException.threw("the clock", e);
        }
    }

    private long lookAgain(Look look, long nanos) {
        Instant instant = instant();
        long ahead = saturatedNanos(Duration.between(look.wall, instant)) - (nanos - look.nanos);
        Look mine = new Look(nanos, instant, look.slept + (ahead > DRIFT ? ahead : 0));
        // A thread that lost the race has measured nearly the same sleep: the winner's measure counts for all threads.
        return nanos + (last.compareAndSet(look, mine) ? mine : last.get()).slept;
    }

    private static long saturatedNanos(Duration span) {
        if (span.isNegative()) {
            return 0;
        }
        Duration century = Duration.ofDays(36_500);
        return span.compareTo(century) > 0 ? century.toNanos() : span.toNanos();
    }
}
