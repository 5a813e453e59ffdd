package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.ErrorFallback;
import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.Slot;
import dev.fetchonce.internal.http.StoredResponse;
import org.jspecify.annotations.Nullable;

/** Step 6: what one caller is answered, given what its flight brought, or did not bring in time. Thread-safe. */
final class Answers {
    private final Parts parts;

    Answers(Parts parts) {
        this.parts = parts;
    }

    /** The answer of a flight whose outcome is one for this caller. */
    Answer of(Ask ask, Joined joined, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Found found -> given(ask, found.response(), Served.HIT, 0);
            case Outcome.Landed landed -> {
                Served mine = landed.renewed() ? Served.REVALIDATED : Served.FETCHED;
                yield given(ask, landed.response(), joined.leader() ? mine : Served.COLLAPSED, 0);
            }
            case Outcome.Undecodable whole ->
                ask.wanted() == null
                        ? given(ask, whole.response(), joined.leader() ? Served.FETCHED : Served.COLLAPSED, 0)
                        : fallback(ask, joined, whole.failure(), Served.STALE_ERROR, whole.errors());
            case Outcome.Elsewhere elsewhere -> throw new IllegalStateException("such an outcome is for nobody");
            case Outcome.Failed failed -> fallback(ask, joined, failed.failure(), Served.STALE_ERROR, failed.errors());
        };
    }

    /** The answer to a caller whose patience ended first. */
    Answer impatient(Ask ask, Joined joined) {
        Failure failure = patienceFailure(ask, joined.flight());
        Slot slot = parts.store().get(ask.key().text());
        Answer answer = fallback(ask, joined, failure, Served.STALE_PATIENCE, slot == null ? 0 : slot.errors());
        if (answer instanceof Answer.Failed) {
            parts.counters().failed(failure.reason());
        }
        return answer;
    }

    private Failure patienceFailure(Ask ask, Flight<Outcome> flight) {
        String waited = "waited " + ask.patience() + " (patience) for ";
        String origin = ask.target().origin();
        return switch (flight.phase()) {
            case PREPARES -> Failure.of(Reason.PATIENCE, waited + origin + ", and the fetch had not begun to send");
            case QUEUES ->
                Failure.of(
                        Reason.BUSY,
                        waited + "a connection to " + origin + ": all "
                                + parts.permits().perOrigin() + " (connectionsPerOrigin) were busy");
            case BOARDED ->
                Failure.of(Reason.PATIENCE, waited + origin + "; the fetch goes on and is stored when it lands");
        };
    }

    private Answer fallback(Ask ask, Joined joined, Failure failure, Served served, int errors) {
        return joined.flight().invalidated()
                ? new Answer.Failed(failure)
                : standIn(ask, joined.stored(), failure, served, errors);
    }

    /** The answer to a question whose own answer, a redirect, led to a failure. */
    Answer standIn(Ask ask, Failure failure) {
        Slot slot = parts.store().get(ask.key().text());
        boolean impatient = failure.reason() == Reason.PATIENCE || failure.reason() == Reason.BUSY;
        return slot == null
                ? new Answer.Failed(failure)
                : standIn(
                        ask,
                        slot.success(ask.headers()),
                        failure,
                        impatient ? Served.STALE_PATIENCE : Served.STALE_ERROR,
                        slot.errors());
    }

    /** The stale answer, if it may stand in for the one that the caller did not get. */
    private Answer standIn(Ask ask, @Nullable StoredResponse stored, Failure failure, Served served, int errors) {
        long window = Deadline.nanosOf(parts.policy().staleIfError());
        StoredResponse stale =
                ErrorFallback.within(stored, window, parts.clock().now());
        if (stale == null || ask.afresh() || !ErrorFallback.covers(failure)) {
            return new Answer.Failed(failure);
        }
        parts.counters().staleServed.increment();
        return given(ask, stale, served, errors);
    }

    Answer.Given given(Ask ask, StoredResponse response, Served served, int errors) {
        return new Answer.Given(
                response, ask.key(), served, response.ageNanos(parts.clock().now()), errors);
    }
}
