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
 * <p>{@link System#nanoTime()} stands still in suspend, so a laptop or a paused machine that slept a night would call last
 * night's answer fresh. The wall clock does not stand still, but it jumps. So: monotonic time, and once a second whoever
 * reads it looks whether the wall clock has gone further; what it is ahead by more than drift is added. A wall clock that
 * is set forward makes answers stale early, which is safe; one that is set back changes nothing.
 */
public final class CacheClock {
    private static final long LOOK_EVERY = Duration.ofSeconds(1).toNanos();

    /** A difference below this is drift between two clocks, not sleep. */
    private static final long DRIFT = Duration.ofSeconds(1).toNanos();

    private final LongSupplier monotonic;
    private final InstantSource wall;
    private final AtomicReference<Look> last;

    /** Both clocks at the last look, and the sleep that was found until then. */
    private record Look(long nanos, Instant wall, long slept) {}

    /** The clock made of these two. */
    public CacheClock(LongSupplier monotonic, InstantSource wall) {
        this.monotonic = monotonic;
        this.wall = wall;
        this.last = new AtomicReference<>(new Look(monotonic.getAsLong(), wall.instant(), 0));
    }

    /** The time now. Reads one clock, at most once a second two. */
    public long now() {
        long nanos = nanos(); // first: the processor waits there for every look before it
        Look look = last.get(); // perhaps a later one: its sleep counts as well
        return nanos - look.nanos >= LOOK_EVERY ? lookAgain(look, nanos) : nanos + look.slept;
    }

    /** The wall clock's time now. */
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
        // Whoever lost has seen the same sleep, but a little longer or shorter: the winner's counts, for all.
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
