package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.StoredResponse;
import org.jspecify.annotations.Nullable;

/**
 * A caller's part in a flight.
 *
 * @param flight the flight it waits for
 * @param leader whether it started it
 * @param stored what it had found in the store before
 */
record Joined(
        Flight<Outcome> flight, boolean leader, @Nullable StoredResponse stored) {
    /** Whether the outcome is one for this caller; if not it must ask again. */
    boolean mayUse(Ask ask, Outcome outcome, long asked) {
        return switch (outcome) {
            // Whoever only joined may have asked after an invalidation that came between that look and this call.
            case Outcome.Found found -> leader && !ask.afresh() && selectedBy(ask, found.response());
            case Outcome.Landed landed -> selectedBy(ask, landed.response()) && youngEnough(ask, asked);
            case Outcome.Undecodable whole -> selectedBy(ask, whole.response()) && youngEnough(ask, asked);
            case Outcome.Elsewhere elsewhere -> false;
            case Outcome.Held held -> true;
            case Outcome.Failed failed -> true;
        };
    }

    private boolean youngEnough(Ask ask, long asked) {
        return !ask.afresh() || flight.sentSince(asked);
    }

    private boolean selectedBy(Ask ask, StoredResponse response) {
        return leader || response.selection().matches(ask.headers());
    }
}
