package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.flight.FlightWork;
import dev.fetchonce.internal.origin.OriginPermits;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The permit of one fetch: the fetch queues for it, holds it during its exchanges, and gives it back. */
final class FetchPermit {
    private final OriginPermits permits;
    private final String origin;
    private final Recorder recorder;

    /** The time since which the fetch queues, by System.nanoTime; zero while it does not queue. */
    private final AtomicLong queuesSince = new AtomicLong();

    /** The place of the fetch in a queue without a thread, now or before; null when it has had no such place. */
    private volatile OriginPermits.@Nullable Place place;

    /** Whether the fetch has the permit: written before the flight's thread starts, and on that thread. */
    private boolean held;

    FetchPermit(OriginPermits permits, String origin, Recorder recorder) {
        this.permits = permits;
        this.origin = origin;
        this.recorder = recorder;
    }

    /** Starts the flight's thread once it has the permit; the flight queues without a thread. */
    void startWhenHeld(Flight<?> flight, FlightWork.Start start) {
        if (permits.tryAcquire(origin)) {
            permits.hand(origin, () -> takenBy(start));
        } else if (joinsQueue(flight)) {
            place = permits.queue(origin, () -> takenBy(start));
        } else {
            start.now(); // the flight has ended meanwhile, and its thread finds that out
        }
    }

    private boolean takenBy(FlightWork.Start start) {
        held = true;
        return start.now();
    }

    /**
     * Takes the permit, unless the fetch already has it from the queue.
     *
     * @return the time that the fetch has queued, in nanoseconds; zero when it did not queue
     * @throws InterruptedException when the flight was called off
     */
    long acquire(Flight<?> flight) throws InterruptedException {
        if (!held && !permits.tryAcquire(origin)) {
            if (!joinsQueue(flight)) {
                throw Fetch.calledOff();
            }
            permits.acquire(origin);
        }
        held = true;
        long queued = queued();
        recorder.queued(queued);
        return queued;
    }

    /**
     * Takes the permit once more, behind the fetches that queued before.
     *
     * @param nanos the longest wait for it
     * @return the time that the fetch has queued, in nanoseconds; empty when the wait was longer
     */
    OptionalLong acquireAgain(long nanos) throws InterruptedException {
        if (permits.tryAcquire(origin)) {
            held = true;
            return OptionalLong.of(0);
        }
        long since = System.nanoTime();
        held = permits.acquire(origin, nanos);
        long queued = System.nanoTime() - since;
        recorder.queued(queued);
        return held ? OptionalLong.of(queued) : OptionalLong.empty();
    }

    /** Gives the permit back, if the fetch has it. Called on the flight's thread. */
    void release() {
        if (held) {
            held = false;
            permits.release(origin);
        }
    }

    /** Leaves the queue, so that the queue holds no reference to the fetch. */
    void leave() {
        OriginPermits.Place left = place;
        if (left != null) {
            left.leave();
        }
        long queued = queued();
        if (queued > 0) {
            recorder.queued(queued);
        }
    }

    private boolean joinsQueue(Flight<?> flight) {
        queuesSince.set(System.nanoTime());
        return flight.toQueued();
    }

    /** Ends the time in the queue; returns it in nanoseconds, or zero if the fetch did not queue. */
    private long queued() {
        long since = queuesSince.getAndSet(0);
        return since == 0 ? 0 : System.nanoTime() - since;
    }
}
