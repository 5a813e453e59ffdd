package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.flight.FlightWork;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The work of the flight that takes the place of one whose leader reads the body live: it waits for the rest. That leader counts
 * among those who wait for it, until it leaves its body.
 */
final class RestOfBody implements FlightWork<FlightOutcome> {
    private final EngineContext parts;
    private final Fetch fetch;
    private final ResponseProcessor arrival;
    private final OriginReply told;
    private final ExchangeResult.Growing growing;
    private final Deadline shared;

    /**
     * Waits for the rest.
     *
     * @param fetch what asked for it
     * @param told what came, of which this is the exchange
     */
    RestOfBody(
            EngineContext parts,
            Fetch fetch,
            ResponseProcessor arrival,
            OriginReply told,
            ExchangeResult.Growing growing) {
        this.parts = parts;
        this.fetch = fetch;
        this.arrival = arrival;
        this.told = told;
        this.growing = growing;
        this.shared = Deadline.after(parts.policy().timeout());
    }

    /** Until when others wait for it; from then on each asks for itself. */
    Deadline shared() {
        return shared;
    }

    @Override
    public @Nullable FlightOutcome recheck() {
        return null;
    }

    @Override
    public void start(Flight<FlightOutcome> me, Start start) {
        growing.body().whenUnread(() -> parts.flights().leaveAlone(me));
        start.now();
    }

    @Override
    public FlightResult<FlightOutcome> run(Flight<FlightOutcome> me) throws InterruptedException, TimeoutException {
        if (!me.board(Deadline.never())) {
            throw new InterruptedException("nobody waits");
        }
        Optional<ExchangeResult> end = growing.end().await();
        return end.isPresent() ? arrival.landing(me, told.ending(end.get())) : arrival.outgrown(growing.live());
    }

    /** On a thread of its own, as the reader's code runs there, which may hang, or ask for the same again. */
    @Override
    public void ended() {
        try {
            Thread.ofVirtual()
                    .name("fetchonce-end")
                    .inheritInheritableThreadLocals(false)
                    .start(growing.body()::settled);
        } catch (OutOfMemoryError e) { // for a thread: the reader waits for its end
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
