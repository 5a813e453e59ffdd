package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.BackoffState.Phase;
import dev.fetchonce.internal.http.failure.BackoffState.Probing;
import dev.fetchonce.internal.http.failure.BackoffState.Waiting;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rules that say when the cache asks a failing place again. A place is a URL with its partition, or an origin. The
 * cache waits, then one caller asks as a probe, and after a response to the probe all callers may ask. A null state
 * means that the place has no failure; a response makes every state null. Pure functions; all times are on the cache's
 * monotonic clock.
 */
public final class BackoffRule {
    private BackoffRule() {}

    /** The answer to the question whether a caller may ask the place. */
    public sealed interface Decision {}

    /** Any caller may ask. */
    public record Allow() implements Decision {}

    /**
     * The wait is over: exactly one caller may ask, the one whose {@link #probed} comes first.
     *
     * @param backoff the backoff state before the probe
     */
    public record Probe(BackoffState backoff) implements Decision {}

    /**
     * No caller may ask now.
     *
     * @param backoff the backoff state, which says why no caller may ask, since when and until when
     */
    public record Refuse(BackoffState backoff) implements Decision {}

    /** The effect of a failure on a backoff state. */
    public enum Effect {
        /** The failure is one more failure of the place. */
        COUNTS,

        /** The failure is a response, though an unwanted one, so the place works. */
        ENDS_BACKOFF,

        /** The failure says nothing about the place: it concerns one caller, the whole cache or code of the application. */
        NOTHING
    }

    /**
     * Returns the effect of a failure on the backoff state of the requested URL. Every failure that leaves a stale
     * response in use counts; otherwise each call with a stale response would send a request.
     */
    public static Effect effect(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT, TIMEOUT, BROKEN, PROTOCOL, TOO_LARGE, REDIRECT, UNDECODABLE, INTERNAL -> Effect.COUNTS;
            case STATUS -> FailureRule.covers(failure) ? Effect.COUNTS : Effect.ENDS_BACKOFF;
            case PATIENCE, BUSY, TOO_MANY_WAITERS, CLOSED, APPLICATION -> Effect.NOTHING;
        };
    }

    /** Returns whether a caller may ask now. An overdue probe does not hold back other callers. */
    public static Decision decide(@Nullable BackoffState state, long now) {
        OptionalLong due = state == null ? OptionalLong.empty() : state.due();
        if (state == null || due.isEmpty()) {
            return new Allow();
        }
        return now - due.getAsLong() >= 0 ? new Probe(state) : new Refuse(state);
    }

    /**
     * Returns the backoff state after a failure, by the {@link #effect} of the failure. A failure that counts raises
     * the number of consecutive failures and starts a wait. The length of the wait is the origin's Retry-After, or else
     * the backoff's.
     *
     * <p>A failure during a wait belongs to an attempt that began before the wait. Failures that arrive together count
     * once. This method does not return a probe that is out: its holder returns it, before or after this call.
     *
     * @param before the backoff state until now, or null
     * @param failure the failure of the attempt
     * @param retryAfter the wait that the origin requests, in nanoseconds. It is at most the backoff's maximum and at
     *     least a first delay. With 0, or a date that has passed on this machine's clock, callers in a loop would ask
     *     without any pause
     * @param stored whether the cache has a stored response to fall back on. Without one the first consecutive failure
     *     counts but starts no wait: the next caller may have more luck, and a wait would give it only this failure
     * @param delay the lengths of the waits
     * @param u a random number from 0 to 1
     * @param now the time of the failure
     * @return null when any caller may ask and the place has no counted failure
     */
    public static @Nullable BackoffState failed(
            @Nullable BackoffState before,
            Failure failure,
            OptionalLong retryAfter,
            boolean stored,
            BackoffDelay delay,
            double u,
            long now) {
        return switch (effect(failure)) {
            case COUNTS -> counted(before, failure, retryAfter, stored, delay, u, now);
            case ENDS_BACKOFF -> null;
            case NOTHING -> before;
        };
    }

    /** Returns the backoff state after a failure that counts; the parameters are those of {@link #failed}. */
    public static BackoffState counted(
            @Nullable BackoffState before,
            Failure failure,
            OptionalLong retryAfter,
            boolean stored,
            BackoffDelay delay,
            double u,
            long now) {
        if (before == null) {
            Phase phase = stored ? new Waiting(now + length(1, retryAfter, delay, u)) : new Counting();
            return new BackoffState(1, now, failure, phase);
        }
        OptionalLong wait = before.earliest();
        boolean together = wait.isPresent() && now - wait.getAsLong() < 0;
        int failures = together || before.failures() == Integer.MAX_VALUE ? before.failures() : before.failures() + 1;
        long until = together && retryAfter.isEmpty() ? now : now + length(failures, retryAfter, delay, u);
        Phase phase = switch (before.phase()) {
            case Counting counting -> new Waiting(until);
            case Waiting waiting -> new Waiting(BackoffState.later(waiting.until(), until));
            case Probing probing -> new Probing(BackoffState.later(probing.until(), until), probing.overdueAt());
        };
        return new BackoffState(failures, before.since(), failure, phase);
    }

    private static long length(int failures, OptionalLong retryAfter, BackoffDelay delay, double u) {
        return retryAfter.isPresent()
                ? Math.min(Math.max(retryAfter.getAsLong(), delay.wait(1, u)), delay.maximumNanos())
                : delay.wait(failures, u);
    }

    /**
     * Returns the backoff state once a caller has begun a probe, after a {@link Probe} decision on this very state.
     *
     * @param overdueAt the time at which the cache gives up the probe; later than now. It identifies the probe when it
     *     is {@link #returned}
     */
    public static BackoffState probed(BackoffState state, long overdueAt) {
        return switch (state.phase()) {
            case Counting counting -> state; // any caller may ask, so no caller needs a probe
            case Waiting waiting -> state.with(new Probing(waiting.until(), overdueAt));
            case Probing overdue -> state.with(new Probing(overdue.until(), overdueAt));
        };
    }

    /**
     * Returns the backoff state after a probe has come back. Unless its failure was counted, another caller may probe
     * at once. A probe that another probe has replaced, because it was overdue, changes nothing.
     *
     * @param state null when a response has cleared the state in the meantime
     * @param overdueAt the time that was passed to {@link #probed}
     */
    public static @Nullable BackoffState returned(@Nullable BackoffState state, long overdueAt) {
        return state != null && state.phase() instanceof Probing probing && probing.overdueAt() == overdueAt
                ? state.with(new Waiting(probing.until()))
                : state;
    }
}
