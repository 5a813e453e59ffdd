package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.Gate;
import dev.fetchonce.internal.http.Slot;
import dev.fetchonce.internal.http.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
            case Outcome.Found found -> stored(ask, found.response(), Served.HIT);
            case Outcome.Landed landed -> {
                Served mine = landed.renewed() ? Served.REVALIDATED : Served.FETCHED;
                yield given(ask, landed.response(), joined.leader() ? mine : Served.COLLAPSED);
            }
            case Outcome.Undecodable whole ->
                ask.wanted() == null
                        ? given(ask, whole.response(), joined.leader() ? Served.FETCHED : Served.COLLAPSED)
                        : fallback(ask, joined, whole.failure(), Served.STALE_ERROR);
            case Outcome.Elsewhere elsewhere -> throw new IllegalStateException("such an outcome is for nobody");
            case Outcome.Held held -> held(ask, joined.stored(), held.gate());
            case Outcome.Failed failed -> fallback(ask, joined, failed.failure(), Served.STALE_ERROR);
        };
    }

    /** A stored response as the answer; one that says no is a failure. */
    Answer stored(Ask ask, StoredResponse stored, Served served) {
        return stored.negative() ? denied(ask, stored) : given(ask, stored, served);
    }

    private Answer denied(Ask ask, StoredResponse negative) {
        long left = negative.life().lifetimeNanos()
                - negative.ageNanos(parts.clock().now());
        Failure failure = Failure.of(
                negative.status(), ask.key() + " answered with status " + negative.status() + " (negativeTtl)");
        return new Answer.Failed(failure, Optional.of(parts.clock().instant().plusNanos(Math.max(0, left))));
    }

    /** The answer where the origin has failed and must not be asked. */
    Answer held(Ask ask, @Nullable StoredResponse stored, Gate gate) {
        long now = parts.clock().now();
        Failure last = gate.last();
        String why = ask.target().origin() + " has been failing for " + millis(gate.failingNanos(now)) + " ("
                + gate.errors() + " in a row) and is asked again in "
                + millis(Math.max(0, gate.earliest().orElse(now) - now)) + "; the last failure: " + last.message();
        return standIn(ask, stored, new Failure(last.reason(), last.status(), why, last.cause()), Served.STALE_GATE);
    }

    private static Duration millis(long nanos) {
        return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** The answer where the origin would have to be asked, and the caller does not want that. */
    Answer declined(Ask ask) {
        return failed(
                ask,
                Failure.of(
                        504,
                        "nothing that may be used is stored for " + ask.key()
                                + ", and the request says only-if-cached"));
    }

    /** The answer where as many wait already as may. */
    Answer crowded(Ask ask, @Nullable StoredResponse stored) {
        int most = parts.policy().trouble().maximumWaiters();
        Failure failure = Failure.of(
                Reason.CROWDED,
                most + " callers (maximumWaiters) wait already for "
                        + ask.target().origin());
        return counted(standIn(ask, stored, failure, Served.STALE_PATIENCE));
    }

    /** The answer to a caller whose patience ended first. */
    Answer impatient(Ask ask, Joined joined) {
        return counted(fallback(ask, joined, patienceFailure(ask, joined.flight()), Served.STALE_PATIENCE));
    }

    private Answer counted(Answer answer) {
        if (answer instanceof Answer.Failed failed) {
            parts.counters().failed(failed.failure().reason());
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

    private Answer fallback(Ask ask, Joined joined, Failure failure, Served served) {
        return joined.flight().invalidated() ? failed(ask, failure) : standIn(ask, joined.stored(), failure, served);
    }

    /** The answer to a question whose own answer, a redirect, led to a failure. */
    Answer standIn(Ask ask, Failure failure) {
        Slot slot = parts.store().get(ask.key().text());
        boolean impatient = failure.reason() == Reason.PATIENCE || failure.reason() == Reason.BUSY;
        StoredResponse success = slot == null ? null : slot.success(ask.headers());
        return standIn(ask, success, failure, impatient ? Served.STALE_PATIENCE : Served.STALE_ERROR);
    }

    /** The stale answer, if it may stand in for the one that the caller did not get. */
    private Answer standIn(Ask ask, @Nullable StoredResponse stored, Failure failure, Served served) {
        StoredResponse stale = parts.usable(stored, ask);
        if (stale == null || ask.afresh() || !parts.covers(failure)) {
            return failed(ask, failure);
        }
        parts.counters().staleServed.increment();
        return given(ask, stale, served);
    }

    private Answer.Failed failed(Ask ask, Failure failure) {
        return new Answer.Failed(failure, nextAttempt(ask));
    }

    Answer.Given given(Ask ask, StoredResponse response, Served served) {
        Gate gate = parts.gates().of(ask);
        int errors = gate == null ? 0 : gate.errors();
        long age = response.ageNanos(parts.clock().now());
        return new Answer.Given(response, ask.key(), served, age, errors, nextAttempt(ask));
    }

    private Optional<Instant> nextAttempt(Ask ask) {
        Gate closed = parts.gates().closed(ask);
        long now = parts.clock().now();
        long left = closed == null ? 0 : closed.earliest().orElse(now) - now;
        return left <= 0
                ? Optional.empty()
                : Optional.of(parts.clock().instant().plusNanos(left));
    }
}
