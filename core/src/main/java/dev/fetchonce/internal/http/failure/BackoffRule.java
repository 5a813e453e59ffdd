package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.BackoffState.Phase;
import dev.fetchonce.internal.http.failure.BackoffState.Probing;
import dev.fetchonce.internal.http.failure.BackoffState.Waiting;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rules that say when the cache asks a failing place again: it waits, then one caller asks as a probe, and after a
 * response to the probe all callers may ask. A null state means that the place has no failure; a response makes every
 * state null. Pure functions; all times are on the cache's monotonic clock.
 */
public final class BackoffRule {
    private BackoffRule() {}

    /**
     * A failed attempt.
     *
     * @param failure its failure
     * @param requested the wait that the origin requests, in nanoseconds, if it requests one. The wait is at least a
     *     first wait: with 0, or a date that has passed on this machine's clock, callers in a loop would ask without any
     *     pause
     * @param stored whether the cache has a response to fall back on. Without one, the first failure without a requested
     *     wait starts no wait: the next caller may have more luck, and a wait would give it only this failure
     */
    public record Attempt(Failure failure, OptionalLong requested, boolean stored) {}

    /** Returns whether a caller may ask now. An overdue probe does not hold back other callers. */
    public static Decision decide(@Nullable BackoffState state, long now) {
        if (state == null || state.phase() instanceof Counting) {
            return new Decision.Allow();
        }
        return now - state.heldUntil() >= 0 ? new Decision.Due() : new Decision.Held(state.heldUntil());
    }

    /**
     * Returns the state of a place after a failure that speaks of it. The failure raises the number of consecutive
     * failures and starts a wait: the requested wait, or else a share of the time for which the place has failed.
     *
     * <p>A failure during a wait belongs to an attempt that began before the wait. Failures that arrive together count
     * once. This method does not return a probe that is out: its holder returns it, before or after this call.
     *
     * @param before the state until now, or null
     * @param delay the lengths of the waits
     * @param u a random number from 0 to 1
     * @param now the time of the failure
     */
    public static BackoffState failed(
            @Nullable BackoffState before, Attempt attempt, BackoffDelay delay, double u, long now) {
        BackoffState counted = counted(before, attempt.failure(), now);
        boolean requested = attempt.requested().isPresent();
        if (before == null && !attempt.stored() && !requested) {
            return counted;
        }
        Waiting current = before == null ? null : before.currentWait();
        boolean together = current != null && current.runs(now);
        if (together && !requested) {
            return counted;
        }
        // The origin knows better when it works again than a guess that grows with the outage.
        long own = delay.wait(requested ? 0 : counted.failingNanos(now), u);
        long until = now + Math.max(own, attempt.requested().orElse(own));
        Waiting wait = new Waiting(current == null ? until : BackoffState.later(current.until(), until), requested);
        Phase phase = counted.phase() instanceof Probing probing ? new Probing(wait, probing.overdueAt()) : wait;
        return counted.with(phase);
    }

    /**
     * Returns the state of a URL after a failure that speaks of another place, which gets the wait. The failure only
     * raises the number of consecutive failures. The parameters are those of {@link #failed}.
     */
    public static BackoffState counted(@Nullable BackoffState before, Failure failure, long now) {
        if (before == null) {
            return new BackoffState(1, now, failure, new Counting());
        }
        Waiting current = before.currentWait();
        boolean together = current != null && current.runs(now);
        int failures = together || before.failures() == Integer.MAX_VALUE ? before.failures() : before.failures() + 1;
        return new BackoffState(failures, before.since(), failure, before.phase());
    }

    /**
     * Returns the state once a caller has begun a probe, after a {@link Decision.Due} on this very state.
     *
     * @param overdueAt the time at which the cache gives up the probe; later than now. It identifies the probe when it
     *     is {@link #returned}
     */
    public static BackoffState probed(BackoffState state, long overdueAt) {
        Waiting wait = state.currentWait();
        return wait == null ? state : state.with(new Probing(wait, overdueAt));
    }

    /**
     * Returns the state after a probe has come back. Unless its failure started a wait, another caller may probe at
     * once. A probe that another probe has replaced, because it was overdue, changes nothing.
     *
     * @param state null when a response has cleared the state in the meantime
     * @param overdueAt the time that was passed to {@link #probed}
     */
    public static @Nullable BackoffState returned(@Nullable BackoffState state, long overdueAt) {
        return state != null && state.phase() instanceof Probing probing && probing.overdueAt() == overdueAt
                ? state.with(probing.before())
                : state;
    }

    /** Returns whether a wait is in force that {@link #ended} ends. A probe that is out is no wait. */
    public static boolean waits(BackoffState state, long now) {
        return state.phase() instanceof Waiting wait && !wait.requested() && wait.runs(now);
    }

    /**
     * Returns the state of a user after a response to one of its requests: null, unless a requested wait still holds.
     * Such a response answers a request that was sent before the wait.
     */
    public static @Nullable BackoffState answered(BackoffState state, long now) {
        Waiting wait = state.currentWait();
        return wait != null && wait.requested() && wait.runs(now) ? state : null;
    }

    /**
     * Returns the state after a sign that the place may work again: its wait ends now, unless the origin requested the
     * wait. The failures still count.
     */
    public static BackoffState ended(BackoffState state, long now) {
        Waiting wait = state.currentWait();
        if (wait == null || wait.requested() || !wait.runs(now)) {
            return state;
        }
        Waiting over = new Waiting(now, false);
        return state.with(state.phase() instanceof Probing probing ? new Probing(over, probing.overdueAt()) : over);
    }
}
