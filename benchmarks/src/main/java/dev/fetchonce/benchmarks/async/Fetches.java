package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.failure.BackoffState;
import java.net.http.HttpRequest;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The course of a flight: a permit, one exchange, a verdict. Whatever happens on it, the flight ends. Thread-safe.
 *
 * @param timeoutNanos the longest that an exchange takes
 */
record Fetches(AsyncExchange exchanges, AsyncPermits permits, Verdict.Judge judge, long timeoutNanos) {
    /** By how much a flight may outlast its exchange: to decode, for the most part. */
    private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

    /** Starts: sends the request if there is a permit, and else when there is one. */
    void start(Flight flight, Flights flights) {
        flight.queues(permits.enter(
                flight.target().origin(), () -> board(flight, flights), () -> boardAfterQueueing(flight, flights)));
    }

    /** A failure meanwhile may have begun a backoff. */
    private void boardAfterQueueing(Flight flight, Flights flights) {
        BackoffState backoff = flights.closed(flight);
        if (backoff == null) {
            board(flight, flights);
        } else {
            permits.release(flight.target().origin()); // first, as what hangs onto the futures may want one
            flights.keepBack(flight, backoff);
        }
    }

    private void board(Flight flight, Flights flights) {
        String origin = flight.target().origin();
        if (!flight.board(System.nanoTime() + timeoutNanos + GRACE)) {
            permits.release(origin);
            return;
        }
        try {
            var unused = exchanges
                    .send(request(flight), origin)
                    .whenComplete((reply, e) -> arrived(flight, flights, reply, e));
        } catch (Throwable e) { // whatever it is, somebody waits
            arrived(flight, flights, null, e);
        }
    }

    /** The exchange has ended in one of two ways, and so does the flight, whatever happens here. */
    private void arrived(
            Flight flight, Flights flights, AsyncExchange.@Nullable Reply reply, @Nullable Throwable failure) {
        try {
            permits.release(flight.target().origin()); // before decoding, which takes its time
            if (reply == null) {
                throw failure == null ? new IllegalStateException("neither reply nor failure") : failure;
            }
            arrive(flight, flights, reply);
        } catch (Throwable e) {
            flights.broken(flight, e);
        }
    }

    private static HttpRequest request(Flight flight) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(flight.target().uri()).header("Accept-Encoding", "gzip");
        Entry pinned = flight.pinned();
        if (pinned != null) {
            pinned.conditions(request);
        }
        return request.build();
    }

    private void arrive(Flight flight, Flights flights, AsyncExchange.Reply reply) {
        switch (reply) {
            case AsyncExchange.Reply.Broken broken -> flights.fail(flight, broken.failure(), OptionalLong.empty());
            case AsyncExchange.Reply.Whole whole -> {
                switch (judge.judge(flight, whole.response())) {
                    case Verdict.Keep keep -> flights.land(flight, keep.entry());
                    case Verdict.Refuse refuse -> flights.fail(flight, refuse.failure(), refuse.retryAfter());
                }
            }
        }
    }
}
