package dev.fetchonce.internal.http.failure;

import org.jspecify.annotations.Nullable;

/**
 * The consecutive failures of one place: a URL with its partition, the connections to a host, or a user at an origin;
 * and whether a caller may ask there. A place without a failure has no state. Immutable; {@link BackoffRule} makes the
 * next state from it. All times are on the cache's monotonic clock.
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
     * @param requested whether the origin requested the wait; then only the origin's answer or the time ends it
     */
    public record Waiting(long until, boolean requested) implements Phase {
        /** Returns whether the wait has not ended. */
        boolean runs(long now) {
            return now - until < 0;
        }
    }

    /**
     * A probe is out: one caller is asking, and no other caller asks.
     *
     * @param before the wait before the probe, which holds even if the cache gives up the probe; a failure of another
     *     attempt may lengthen it
     * @param overdueAt the time at which the cache gives up the probe. It also identifies the probe: each probe is
     *     overdue later than the one before it
     */
    public record Probing(Waiting before, long overdueAt) implements Phase {}

    /** Returns how long the place has only failed, in nanoseconds; never negative. */
    public long failingNanos(long now) {
        return Math.max(0, now - since);
    }

    /** Returns the wait; null when the state only counts. */
    public @Nullable Waiting currentWait() {
        return switch (phase) {
            case Counting counting -> null;
            case Waiting waiting -> waiting;
            case Probing probing -> probing.before();
        };
    }

    /** Returns the time until which the state holds callers back; the time of the first failure if it does not. */
    public long heldUntil() {
        return switch (phase) {
            case Counting counting -> since;
            case Waiting waiting -> waiting.until();
            case Probing probing -> later(probing.before().until(), probing.overdueAt());
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
