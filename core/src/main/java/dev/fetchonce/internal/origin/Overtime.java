package dev.fetchonce.internal.origin;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The right of one fetch to go on past the usual time of an exchange. Only some of the exchanges with an origin may go
 * on, so exchanges that hang leave the other permits to their neighbours. The watchdog asks for the right; the thread of
 * the fetch gives it back. Takes no lock and calls no other code. Thread-safe.
 */
public final class Overtime {
    /*
     * NOT_ASKED -> Held or REFUSED   by the watchdog, when the usual time has passed. A refusal is for good: the
     *                                exchange is being interrupted, and must not take a place that gets free later.
     * any state -> ENDED             by the thread of the fetch, which gives back the place that it finds. The watchdog
     *                                gives back a place that it took too late.
     */
    private sealed interface State {}

    private enum Without implements State {
        NOT_ASKED,
        REFUSED,
        ENDED
    }

    private record Held(Semaphore places) implements State {}

    private final OriginPermits permits;
    private final String origin;
    private final AtomicReference<State> state = new AtomicReference<>(Without.NOT_ASKED);

    Overtime(OriginPermits permits, String origin) {
        this.permits = permits;
        this.origin = origin;
    }

    /** Returns whether the fetch may go on. The first call asks for a place, which {@link #end} gives back. */
    public boolean granted() {
        if (state.get() == Without.NOT_ASKED) {
            ask();
        }
        return held();
    }

    private void ask() {
        Semaphore places = permits.overtimePlaces(origin);
        if (places == null) {
            return; // the fetch has given its permit back
        }
        Held held = new Held(places); // before the place is taken, as there may be no memory for it
        boolean taken = places.tryAcquire();
        if (!state.compareAndSet(Without.NOT_ASKED, taken ? held : Without.REFUSED) && taken) {
            places.release();
        }
    }

    /** Returns whether the fetch has the right now. */
    public boolean held() {
        return state.get() instanceof Held;
    }

    /** Returns whether the right was asked for in vain. */
    public boolean refused() {
        return state.get() == Without.REFUSED;
    }

    /** Returns the number of exchanges with one origin that may have the right at once. */
    public int most() {
        return permits.mostOvertime();
    }

    /** Gives the right back. The fetch does not get it again. */
    public void end() {
        if (state.getAndSet(Without.ENDED) instanceof Held held) {
            held.places().release();
        }
    }
}
