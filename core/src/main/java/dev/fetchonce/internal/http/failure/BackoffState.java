package dev.fetchonce.internal.http.failure;

import java.util.OptionalLong;

/**
 * The consecutive failures of one place, a URL with its partition or a whole origin, and whether a caller may ask
 * there. A place without a failure has no state. Immutable; {@link BackoffRule} makes the next state from it. All times
 * are on the cache's monotonic clock.
 *
 * @param failures the number of consecutive failures, at least one; a failure during a wait is not counted again
 * @param since the time of the first of these failures
 * @param last the most recent failure
 * @param phase whether the state holds callers back
 */
public record BackoffState(int failures, long since, Failure last, Phase phase) {
    /** Says whether a backoff state holds callers back, and until when. */
    public sealed interface Phase {}

    /** The state only counts failures: any caller may ask. */
    public record Counting() implements Phase {}

    /**
     * A wait: no caller asks before its end, and then one caller may.
     *
     * @param until the end of the wait
     */
    public record Waiting(long until) implements Phase {}

    /**
     * A probe is out: one caller is asking, and no other caller asks.
     *
     * @param until the time before which no other caller may ask, even if the cache gives up the probe
     * @param overdueAt the time at which the cache gives up the probe. It also identifies the probe: each probe is
     *     overdue later than the one before it
     */
    public record Probing(long until, long overdueAt) implements Phase {}

    /** Returns how long the place has only failed, in nanoseconds; never negative. */
    public long failingNanos(long now) {
        return Math.max(0, now - since);
    }

    /**
     * Returns the latest time at which another caller may ask, as far as known now: the end of the wait, or the time at
     * which the probe is overdue.
     *
     * @return the time, which may have passed; empty when any caller may ask
     */
    public OptionalLong due() {
        return switch (phase) {
            case Counting counting -> OptionalLong.empty();
            case Waiting waiting -> OptionalLong.of(waiting.until());
            case Probing probing -> OptionalLong.of(later(probing.until(), probing.overdueAt()));
        };
    }

    /**
     * Returns the earliest time at which another caller may ask: the end of the wait.
     *
     * @return the time; empty when any caller may ask
     */
    public OptionalLong earliest() {
        return switch (phase) {
            case Counting counting -> OptionalLong.empty();
            case Waiting waiting -> OptionalLong.of(waiting.until());
            case Probing probing -> OptionalLong.of(probing.until());
        };
    }

    /** Returns this state with another phase. */
    BackoffState with(Phase other) {
        return new BackoffState(failures, since, last, other);
    }

    /** Returns the later of two times on a clock that may pass its largest value. */
    static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }
}
