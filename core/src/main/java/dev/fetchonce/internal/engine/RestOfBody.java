package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.flight.FlightWork;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The work of the flight that succeeds one whose leader reads the body live: it waits for the rest. The leader counts
 * as a waiter of this flight until it leaves its body.
 */
final class RestOfBody implements FlightWork<FlightOutcome> {
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final Fetch fetch;
    private final OriginReply reply;
    private final ExchangeResult.Growing growing;
    private final Deadline shared;

    /**
     * Makes the work.
     *
     * @param fetch the fetch that made the request
     * @param reply the reply whose exchange this is
     * @param longest the longest time for which the waiters of this flight wait
     */
    RestOfBody(
            FlightTable<FlightKey, FlightOutcome> flights,
            Fetch fetch,
            OriginReply reply,
            ExchangeResult.Growing growing,
            Duration longest) {
        this.flights = flights;
        this.fetch = fetch;
        this.reply = reply;
        this.growing = growing;
        this.shared = Deadline.after(longest);
    }

    /** Returns the deadline for the waiters of this flight; after it each caller makes its own request. */
    Deadline shared() {
        return shared;
    }

    /** Returns the status of the response. */
    int status() {
        return growing.live().status();
    }

    @Override
    public String name() {
        return fetch.name();
    }

    @Override
    public @Nullable FlightOutcome secondLook() {
        return null;
    }

    @Override
    public void begin(Flight<FlightOutcome> me, Start start) {
        growing.body().whenUnread(() -> flights.leaveAlone(me));
        start.now();
    }

    @Override
    public FlightResult<FlightOutcome> run(Flight<FlightOutcome> me) throws InterruptedException, TimeoutException {
        if (!me.toRunning(Deadline.never())) {
            throw Fetch.calledOff();
        }
        Optional<ExchangeResult> end = growing.end().await();
        return end.isPresent() ? fetch.land(me, reply.ending(end.get())) : fetch.outgrown(growing.live());
    }

    /**
     * Settles the body on a thread of its own. The reader's code runs there; it may hang, or ask for the same URL
     * again.
     */
    @Override
    public void ended() {
        try {
            Thread.ofVirtual()
                    .name("fetchonce-end")
                    .inheritInheritableThreadLocals(false)
                    .start(growing.body()::settled);
        } catch (OutOfMemoryError e) { // there is no memory for a thread, and the reader waits for the end of the body
            growing.body().settled();
        }
    }

    @Override
    public boolean unbounded() {
        return true;
    }

    @Override
    public boolean awaited() {
        return false;
    }

    @Override
    public FlightResult<FlightOutcome> describeFailure(Throwable why) {
        growing.body().stop();
        return fetch.describeFailure(why);
    }
}
