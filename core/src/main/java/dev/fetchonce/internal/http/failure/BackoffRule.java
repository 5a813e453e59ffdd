package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.BackoffState.Hold;
import dev.fetchonce.internal.http.failure.BackoffState.Probing;
import dev.fetchonce.internal.http.failure.BackoffState.Waiting;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * When a place that has failed is asked again: after a wait, by one who goes to look, and by all once that one has been
 * answered. A gate that is null is one where nothing has failed, and an answer makes every gate null again. Pure functions;
 * all times are on the cache's monotonic clock.
 */
public final class BackoffRule {
    private BackoffRule() {}

    /** Whether somebody may ask. */
    public sealed interface Decision {}

    /** Whoever wants to may ask. */
    public record Open() implements Decision {}

    /**
     * The wait is over: exactly one may ask, the one whose {@link #probed} comes first.
     *
     * @param gate as it is before that
     */
    public record Probe(BackoffState gate) implements Decision {}

    /**
     * Nobody may ask now.
     *
     * @param gate says why, since when and until when
     */
    public record Closed(BackoffState gate) implements Decision {}

    /** What a failure does to a gate. */
    public enum Effect {
        /** It is one more failure of that place. */
        COUNTS,

        /** It is an answer, if not the one hoped for: the place works. */
        OPENS,

        /** It says nothing of that place: it was not asked, or nobody waited for what it said. */
        NOTHING
    }

    /**
     * What a failure does to the gate of the URL that was asked. All that leaves a stale answer in use counts, or each call
     * that is served by one would send a request.
     */
    public static Effect effect(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT, TIMEOUT, BROKEN, PROTOCOL, TOO_LARGE, REDIRECT, UNDECODABLE, INTERNAL -> Effect.COUNTS;
            case STATUS -> FailureRule.covers(failure) ? Effect.COUNTS : Effect.OPENS;
            case PATIENCE, BUSY, TOO_MANY_WAITERS, CLOSED, APPLICATION -> Effect.NOTHING;
        };
    }

    /** Whether somebody may ask now. A probe that is overdue holds nobody back. */
    public static Decision decide(@Nullable BackoffState gate, long now) {
        OptionalLong due = gate == null ? OptionalLong.empty() : gate.due();
        if (gate == null || due.isEmpty()) {
            return new Open();
        }
        return now - due.getAsLong() >= 0 ? new Probe(gate) : new Closed(gate);
    }

    /**
     * The gate after a failure, by its {@link #effect}. One that counts is one more error, and closes the gate for as long as
     * the origin asked or else the backoff says. But what fails while the wait runs had set off before it: what fails
     * together counts once. The token of a probe stays out: whoever holds it returns it, before or after this.
     *
     * @param before the gate until now, or null
     * @param failure what happened
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds. Cut to the backoff's maximum; and made
     *     as long as a first wait, because 0 and a date that this machine's clock has passed would let callers in a loop ask
     *     without any pause
     * @param stored whether there is an answer to fall back on. Without one the first failure in a row counts and does not
     *     close the gate: the next caller may be luckier, and would get nothing but the same failure
     * @param backoff how long the waits are
     * @param u a random number from 0 to 1
     * @param now when it failed
     * @return null when anybody may ask and nothing is counted
     */
    public static @Nullable BackoffState failed(
            @Nullable BackoffState before,
            Failure failure,
            OptionalLong retryAfter,
            boolean stored,
            BackoffDelay backoff,
            double u,
            long now) {
        return switch (effect(failure)) {
            case COUNTS -> counted(before, failure, retryAfter, stored, backoff, u, now);
            case OPENS -> null;
            case NOTHING -> before;
        };
    }

    /** The gate after a failure that counts; the parameters are those of {@link #failed}. */
    public static BackoffState counted(
            @Nullable BackoffState before,
            Failure failure,
            OptionalLong retryAfter,
            boolean stored,
            BackoffDelay backoff,
            double u,
            long now) {
        if (before == null) {
            Hold hold = stored ? new Waiting(now + length(1, retryAfter, backoff, u)) : new Counting();
            return new BackoffState(1, now, failure, hold);
        }
        OptionalLong wait = before.earliest();
        boolean together = wait.isPresent() && now - wait.getAsLong() < 0;
        int errors = together || before.failures() == Integer.MAX_VALUE ? before.failures() : before.failures() + 1;
        long until = together && retryAfter.isEmpty() ? now : now + length(errors, retryAfter, backoff, u);
        Hold hold = switch (before.hold()) {
            case Counting ajar -> new Waiting(until);
            case Waiting waiting -> new Waiting(BackoffState.later(waiting.until(), until));
            case Probing probing -> new Probing(BackoffState.later(probing.until(), until), probing.overdueAt());
        };
        return new BackoffState(errors, before.since(), failure, hold);
    }

    private static long length(int errors, OptionalLong retryAfter, BackoffDelay backoff, double u) {
        return retryAfter.isPresent()
                ? Math.min(Math.max(retryAfter.getAsLong(), backoff.wait(1, u)), backoff.maximumNanos())
                : backoff.wait(errors, u);
    }

    /**
     * The gate once somebody has gone to look, by a {@link Probe} decision on this very gate.
     *
     * @param overdueAt when the probe is given up; later than now. Names the probe when it is {@link #returned}
     */
    public static BackoffState probed(BackoffState gate, long overdueAt) {
        return switch (gate.hold()) {
            case Counting ajar -> gate; // anybody may ask, so nobody needs a token
            case Waiting waiting -> gate.with(new Probing(waiting.until(), overdueAt));
            case Probing overdue -> gate.with(new Probing(overdue.until(), overdueAt));
        };
    }

    /**
     * The gate after a probe has come back. Unless its failure was counted, another may go at once. A probe that another one
     * has replaced, because it was overdue, gives back nothing.
     *
     * @param gate null when it was opened meanwhile
     * @param overdueAt as the probe was {@link #probed}
     */
    public static @Nullable BackoffState returned(@Nullable BackoffState gate, long overdueAt) {
        return gate != null && gate.hold() instanceof Probing probing && probing.overdueAt() == overdueAt
                ? gate.with(new Waiting(probing.until()))
                : gate;
    }
}
