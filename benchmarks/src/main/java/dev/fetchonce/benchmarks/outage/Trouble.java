package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The trouble of a host in a simulation. */
sealed interface Trouble {
    /** Nothing listens. */
    record Refuses() implements Trouble {}

    /**
     * The host answers with a status.
     *
     * @param retryAfterSeconds the number in Retry-After; negative for a response without the field
     */
    record Answers(int status, int retryAfterSeconds) implements Trouble {
        /** Returns the failure of a response. */
        Failure failure() {
            return Failure.answered("http://h/", status, headers());
        }

        /** Returns the fields of a response. */
        HttpHeaders headers() {
            return HttpHeaders.of(
                    retryAfterSeconds < 0
                            ? Map.of()
                            : Map.of("Retry-After", List.of(Integer.toString(retryAfterSeconds))),
                    (name, value) -> true);
        }
    }

    /** The host accepts connections and sends nothing. A request sent in the outage gets no answer after it either. */
    record Hangs() implements Trouble {}

    /** The host sends the head of each response, and then a body that does not end. */
    record Drips() implements Trouble {}

    /** The host answers well, but late. */
    record Slow(Duration latency) implements Trouble {}

    /** The failure of an exchange without a connection. */
    Failure REFUSED = Failure.of(Reason.CONNECT, "refused");

    /** The failure of an exchange that is not complete in its time. */
    Failure LATE = Failure.of(Reason.TIMEOUT, "late");
}
