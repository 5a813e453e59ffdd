package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.http.stored.Change;
import java.util.List;

/**
 * All that follows from the end of one fetch, as a value: {@link LandingPlanner} makes it, and {@link LandingPublisher}
 * carries it out.
 *
 * @param outcome the outcome for the waiters
 * @param changes the changes of the stored responses, in their order
 * @param marking the change of the marker by which callers of the key do not wait for each other
 * @param backoff the effect on the backoffs
 */
record LandingPlan(FlightOutcome outcome, List<Change> changes, Marking marking, BackoffUpdate backoff) {
    /** The change of the marker of a key. */
    enum Marking {
        /** The response serves one caller; callers of the next seconds need not wait for each other. */
        MARK,
        /** The response serves all callers of the key. */
        CLEAR,
        /** The fetch reveals nothing about that. */
        KEEP
    }

    LandingPlan {
        changes = List.copyOf(changes);
    }

    /** Returns a plan that has an outcome and changes nothing. */
    static LandingPlan of(FlightOutcome outcome) {
        return new LandingPlan(outcome, List.of(), Marking.KEEP, new BackoffUpdate.Unchanged());
    }
}
