package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The trouble of a host in a simulation. */
sealed interface Trouble {
    /** Nothing listens. */
    record Refuses() implements Trouble {}

    /**
     * The host answers with a status.
     *
     * @param retryAfterSeconds the number in Retry-After; negative for a response without the field
     */
    record Answers(int status, int retryAfterSeconds) implements Trouble {}

    /** The host accepts connections and sends nothing, or not all. */
    record Hangs() implements Trouble {}

    /** The host answers well, but late. */
    record Slow(Duration latency) implements Trouble {}

    /** Returns the failure of an exchange that lasts this long at most; null where it succeeds. */
    static @Nullable Failure failure(Trouble trouble, Duration limit) {
        return switch (trouble) {
            case Refuses refuses -> Failure.of(Reason.CONNECT, "refused");
            case Answers answers -> Failure.answered("http://h/", answers.status(), headers(answers));
            case Hangs hangs -> Failure.of(Reason.TIMEOUT, "late");
            case Slow slow -> slow.latency().compareTo(limit) < 0 ? null : Failure.of(Reason.TIMEOUT, "late");
        };
    }

    /** Returns the fields of a response. */
    static HttpHeaders headers(Answers answers) {
        return HttpHeaders.of(
                answers.retryAfterSeconds() < 0
                        ? Map.of()
                        : Map.of("Retry-After", List.of(Integer.toString(answers.retryAfterSeconds()))),
                (name, value) -> true);
    }
}
