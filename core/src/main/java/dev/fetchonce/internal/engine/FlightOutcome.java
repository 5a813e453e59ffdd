package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a flight ended: the one object on which all its waiters decide. */
sealed interface FlightOutcome {
    /**
     * The origin's answer.
     *
     * @param response the answer, or the stored response that it confirmed
     * @param renewed whether it was confirmed with a 304
     * @param obstacle why it is not kept; empty where it is
     */
    record Fetched(StoredResponse response, boolean renewed, Optional<Obstacle> obstacle) implements FlightOutcome {
        /** Whether it is kept. */
        boolean stored() {
            return obstacle.isEmpty();
        }
    }

    /**
     * An answer for one caller, which comes as it is read.
     *
     * @param exchange its head, and the body for whoever claims it
     * @param obstacle why it is not kept
     */
    record Streaming(ExchangeResult.Live exchange, Obstacle obstacle) implements FlightOutcome {}

    /**
     * An answer whose leader reads the body as it comes, while the rest of it is gathered by another flight for all others.
     *
     * @param exchange its head, and the body for the leader
     */
    record Growing(ExchangeResult.Live exchange) implements FlightOutcome {}

    /** The rest of a body that its leader reads, and that is not for others: it is longer than what is kept, or lasts too long. */
    record Outgrown() implements FlightOutcome {}

    /** No request was needed: another landing came just before this flight was installed. */
    record AlreadyStored(StoredResponse response) implements FlightOutcome {}

    /** No request was made: by now requests like these are told apart in another way, and so fly under another key. */
    record Rekeyed() implements FlightOutcome {}

    /** An answer that came whole but cannot be decoded as some waiter wants it: kept by nobody, good for the others. */
    record Undecodable(StoredResponse response, Failure failure) implements FlightOutcome {}

    /** No request was made: the origin has failed, and is not asked for a while. */
    record BackedOff(BackoffState gate) implements FlightOutcome {}

    /**
     * No answer, or one that is a failure.
     *
     * @param answered the answer, where there was one
     * @param obstacle why that is not kept; empty where it is
     */
    record Failed(Failure failure, @Nullable StoredResponse answered, Optional<Obstacle> obstacle)
            implements FlightOutcome {
        /** One without an answer. */
        Failed(Failure failure) {
            this(failure, null, Optional.of(Obstacle.FAILURE));
        }
    }
}
