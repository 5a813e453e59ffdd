package dev.fetchonce.internal.backoff;

import com.github.benmanes.caffeine.cache.Cache;
import dev.fetchonce.internal.http.failure.Decision;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The states of the failing places of one kind, by name. Thread-safe. A look-up of a place without a state takes no
 * lock.
 *
 * @param <S> the state of a place
 */
final class BackoffPlaces<S> {
    private final Cache<String, S> states;

    /**
     * Makes places without a failure.
     *
     * @param states the empty store of the states
     */
    BackoffPlaces(Cache<String, S> states) {
        this.states = states;
    }

    /** Returns the state of a place, or null where the store remembers no failure of it. */
    @Nullable
    S get(String place) {
        return states.getIfPresent(place);
    }

    /**
     * Returns the decision whether a fetch may go out to a place. A caller that gets {@link Decision.Due} has taken the
     * probe, and no other caller has it.
     *
     * @param decide the decision about a state
     * @param probed the state once a caller has taken the probe
     */
    Decision admit(String place, Function<S, Decision> decide, UnaryOperator<S> probed) {
        S state = states.getIfPresent(place);
        Decision decision = state == null ? new Decision.Allow() : decide.apply(state);
        if (!(decision instanceof Decision.Due)) {
            return decision;
        }
        Decision[] decided = {new Decision.Allow()};
        states.asMap().computeIfPresent(place, (same, now) -> {
            decided[0] = decide.apply(now);
            return decided[0] instanceof Decision.Due ? probed.apply(now) : now;
        });
        return decided[0];
    }

    /**
     * Replaces the state of a place, atomically. The change must be short, and must not block.
     *
     * @param change maps the present state, or null, to the new state, or null
     * @return the new state, or null
     */
    @Nullable
    S update(String place, UnaryOperator<@Nullable S> change) {
        return states.asMap().compute(place, (same, before) -> change.apply(before));
    }

    /**
     * Replaces the state of a place that has one. Where the place has no state, this costs one look-up.
     *
     * @param change maps the present state to the new state, to itself, or to null
     * @return whether the state is another one
     */
    boolean updateIfPresent(String place, Function<S, @Nullable S> change) {
        if (states.getIfPresent(place) == null) {
            return false;
        }
        boolean[] changed = {false};
        states.asMap().computeIfPresent(place, (same, before) -> {
            S after = change.apply(before);
            changed[0] = !before.equals(after);
            return after;
        });
        return changed[0];
    }

    /**
     * Removes the state of a place after a response. Where the place has no state, this costs one look-up.
     *
     * @return the removed state, or null
     */
    @Nullable
    S remove(String place) {
        return states.getIfPresent(place) == null ? null : states.asMap().remove(place);
    }
}
