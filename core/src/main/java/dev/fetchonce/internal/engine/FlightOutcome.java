package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The outcome of a flight: the one object on which all its waiters decide. */
sealed interface FlightOutcome {
    /**
     * The response of the origin.
     *
     * @param response the response, or the stored response that it confirmed
     * @param renewed whether a 304 confirmed the stored response
     * @param obstacle why the response is not kept; empty when it is kept
     */
    record Fetched(StoredResponse response, boolean renewed, Optional<Obstacle> obstacle) implements FlightOutcome {
        /** Returns whether the response is kept. */
        boolean stored() {
            return obstacle.isEmpty();
        }
    }

    /**
     * A response for one caller, whose body arrives while the caller reads it.
     *
     * @param exchange its head and its body, which one caller may claim
     * @param obstacle why it is not kept
     */
    record Streaming(ExchangeResult.Live exchange, Obstacle obstacle) implements FlightOutcome {}

    /**
     * A response whose leader reads the body as it arrives, while another flight gathers the whole body for all other
     * callers.
     *
     * @param exchange its head, and the body for the leader
     */
    record Growing(ExchangeResult.Live exchange) implements FlightOutcome {}

    /**
     * The rest of a body that only its leader reads: it is too long to be kept, or takes too long for the waiters.
     *
     * @param status the status of the response
     */
    record Outgrown(int status) implements FlightOutcome {}

    /** No request was needed: another flight landed just before this flight was installed. */
    record AlreadyStored(StoredResponse response) implements FlightOutcome {}

    /** No request was made: the known Vary has changed meanwhile, so such requests now fly under another key. */
    record Rekeyed() implements FlightOutcome {}

    /**
     * No request was made: another flight landed just before this flight was installed. The callers ask again and find
     * the result of that flight.
     */
    record Overtaken() implements FlightOutcome {}

    /**
     * A response that arrived whole but cannot be decoded to the type that one waiter wants. It is not kept; the other
     * waiters may use it.
     */
    record Undecodable(StoredResponse response, Failure failure) implements FlightOutcome {}

    /**
     * No request was made: the origin has failed, and a backoff is in force.
     *
     * @param why an outlook that lets no request go now
     */
    record BackedOff(Outlook why) implements FlightOutcome {}

    /**
     * No response, or a failure response.
     *
     * @param answered the response, or null when there is no response
     * @param obstacle why the response is not kept; empty when it is kept
     */
    record Failed(Failure failure, @Nullable StoredResponse answered, Optional<Obstacle> obstacle)
            implements FlightOutcome {
        /** Makes a failure without a response. */
        Failed(Failure failure) {
            this(failure, null, Optional.of(Obstacle.FAILURE));
        }
    }
}
