package dev.fetchonce.internal.http.failure;

import java.util.OptionalLong;

/**
 * What has failed in a row at one place, a URL with its partition or a whole origin, and whether anybody may ask there.
 * Where nothing has failed there is no gate. Immutable; {@link BackoffRule} makes the next one of it. All times are on the
 * cache's monotonic clock.
 *
 * @param failures how many attempts have failed in a row, at least one; what fails while nobody may ask is not counted again
 * @param since when the first of them failed
 * @param last why the last one failed
 * @param hold whether it keeps others from asking
 */
public record BackoffState(int failures, long since, Failure last, Hold hold) {
    /** Whether a gate keeps others from asking, and how long. */
    public sealed interface Hold {}

    /** It only counts: whoever wants to may ask. */
    public record Counting() implements Hold {}

    /**
     * Nobody asks before this moment; after it, one may.
     *
     * @param until the moment
     */
    public record Waiting(long until) implements Hold {}

    /**
     * Somebody has gone to look, and nobody else asks while it is out.
     *
     * @param until before when nobody may ask even if the probe is given up
     * @param overdueAt when the probe is given up. It also tells this probe from others: each is overdue later than the one
     *     before it
     */
    public record Probing(long until, long overdueAt) implements Hold {}

    /** For how long nothing but failures have come from there, in nanoseconds; never negative. */
    public long failingNanos(long now) {
        return Math.max(0, now - since);
    }

    /**
     * When another may ask at the latest, as far as one knows: at the end of the wait, or once the probe that is out is
     * overdue.
     *
     * @return the moment, which may have passed; empty when whoever wants to may ask
     */
    public OptionalLong due() {
        return switch (hold) {
            case Counting ajar -> OptionalLong.empty();
            case Waiting waiting -> OptionalLong.of(waiting.until());
            case Probing probing -> OptionalLong.of(later(probing.until(), probing.overdueAt()));
        };
    }

    /**
     * When another may ask at the earliest: at the end of the wait.
     *
     * @return the moment; empty when whoever wants to may ask
     */
    public OptionalLong earliest() {
        return switch (hold) {
            case Counting ajar -> OptionalLong.empty();
            case Waiting waiting -> OptionalLong.of(waiting.until());
            case Probing probing -> OptionalLong.of(probing.until());
        };
    }

    /** The same gate with another hold. */
    BackoffState with(Hold other) {
        return new BackoffState(failures, since, last, other);
    }

    /** The later of two moments on a clock that may pass its largest value. */
    static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }
}
