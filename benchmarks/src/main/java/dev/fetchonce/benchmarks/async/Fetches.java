package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.failure.BackoffState;
import java.net.http.HttpRequest;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The course of a flight: a permit, one exchange, a verdict. The flight ends in every case. Thread-safe.
 *
 * @param timeoutNanos the longest time that an exchange takes
 */
record Fetches(AsyncExchange exchanges, AsyncPermits permits, Verdict.Judge judge, long timeoutNanos) {
    /** The time by which a flight may outlast its exchange, mostly in order to decode. */
    private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

    /** Sends the request once there is a permit, which may be at once. */
    void start(Flight flight, Flights flights) {
        flight.queues(permits.enter(
                flight.target().origin(), () -> run(flight, flights), () -> runAfterQueueing(flight, flights)));
    }

    /** Sends the request of a flight that has queued, unless a backoff has begun in the meantime. */
    private void runAfterQueueing(Flight flight, Flights flights) {
        BackoffState backoff = flights.closed(flight);
        if (backoff == null) {
            run(flight, flights);
        } else {
            permits.release(flight.target().origin()); // first, as a dependent action of a future may want a permit
            flights.keepBack(flight, backoff);
        }
    }

    private void run(Flight flight, Flights flights) {
        String origin = flight.target().origin();
        if (!flight.toRunning(System.nanoTime() + timeoutNanos + GRACE)) {
            permits.release(origin);
            return;
        }
        try {
            var unused = exchanges
                    .send(request(flight), origin)
                    .whenComplete((reply, e) -> arrived(flight, flights, reply, e));
        } catch (Throwable e) { // any throwable must end the flight, because a caller waits for it
            arrived(flight, flights, null, e);
        }
    }

    /**
     * Ends the flight after its exchange has ended with a reply or a failure, and also when this method itself fails.
     */
    private void arrived(
            Flight flight, Flights flights, AsyncExchange.@Nullable Reply reply, @Nullable Throwable failure) {
        try {
            permits.release(flight.target().origin()); // before decoding, which may take long
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
                    case Verdict.Refuse refuse -> flights.fail(flight, refuse.failure(), refuse.requested());
                }
            }
        }
    }
}
