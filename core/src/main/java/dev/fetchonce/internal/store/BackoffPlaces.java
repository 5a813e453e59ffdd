package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The states of the failing places of one kind, by name: of keys, or of origins. Thread-safe. A look-up of a place
 * without a state takes no lock.
 *
 * @param <S> the state of a place
 */
public final class BackoffPlaces<S> {
    private final Cache<String, S> states;
    private final Function<S, @Nullable BackoffState> backoff;
    private final BiFunction<S, @Nullable BackoffState, S> with;

    /**
     * Makes places without a failure.
     *
     * @param states the empty store of the states
     * @param backoff returns the backoff of a state, or null
     * @param with returns a state with another backoff
     */
    BackoffPlaces(
            Cache<String, S> states,
            Function<S, @Nullable BackoffState> backoff,
            BiFunction<S, @Nullable BackoffState, S> with) {
        this.states = states;
        this.backoff = backoff;
        this.with = with;
    }

    /** Returns the state of a place, or null where the store remembers no failure of it. */
    public @Nullable S get(String place) {
        return states.getIfPresent(place);
    }

    /**
     * Returns the decision whether a fetch may go out to a place. A caller that gets {@link BackoffRule.Probe} has the
     * token of the probe, and no other caller has it. The backoff of that decision is the one with the token out.
     *
     * @param now the time on the cache's monotonic clock
     * @param overdueAt the time on that clock at which a probe is overdue; {@link #returned} needs it again
     */
    public BackoffRule.Decision admit(String place, long now, long overdueAt) {
        BackoffRule.Decision decision = BackoffRule.decide(backoff(states.getIfPresent(place)), now);
        if (!(decision instanceof BackoffRule.Probe)) {
            return decision;
        }
        BackoffRule.Decision[] decided = {decision};
        update(place, state -> {
            decided[0] = BackoffRule.decide(backoff(state), now);
            if (state == null || !(decided[0] instanceof BackoffRule.Probe probe)) {
                return state;
            }
            BackoffState probed = BackoffRule.probed(probe.backoff(), overdueAt);
            decided[0] = new BackoffRule.Probe(probed);
            return with.apply(state, probed);
        });
        return decided[0];
    }

    /**
     * Takes back the token of a probe, after any end of the probe. Does nothing when another probe, or no probe, is
     * out.
     */
    public void returned(String place, long overdueAt) {
        if (states.getIfPresent(place) != null) {
            update(
                    place,
                    state -> state == null ? null : with.apply(state, BackoffRule.returned(backoff(state), overdueAt)));
        }
    }

    /**
     * Replaces the state of a place, atomically. The change must be short, and must not block.
     *
     * @param change maps the present state, or null, to the new state, or null
     * @return the new state, or null
     */
    public @Nullable S update(String place, UnaryOperator<@Nullable S> change) {
        return states.asMap().compute(place, (same, before) -> change.apply(before));
    }

    /**
     * Removes the state of a place after a response. Where the place has no state, this costs one look-up.
     *
     * @return the removed state, or null
     */
    public @Nullable S remove(String place) {
        return states.getIfPresent(place) == null ? null : states.asMap().remove(place);
    }

    private @Nullable BackoffState backoff(@Nullable S state) {
        return state == null ? null : backoff.apply(state);
    }

    /** Returns the number of states, once the expired states are dropped. */
    long size() {
        states.cleanUp();
        return states.estimatedSize();
    }

    /**
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants(long maximum) {
        if (size() > maximum) {
            throw new IllegalStateException("the store holds more backoffs than " + maximum);
        }
        states.asMap().values().forEach(state -> {
            BackoffState held = backoff.apply(state);
            if (held != null && held.failures() < 1) {
                throw new IllegalStateException("the store holds a backoff without a failure");
            }
        });
    }
}
