package dev.fetchonce.internal.backoff;

import dev.fetchonce.internal.concurrent.Checkpoints;
import dev.fetchonce.internal.concurrent.Waiters;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The signals that an origin may be asked again before the end of a wait. An origin takes memory only while a caller
 * waits for its signal. Ten thousand callers may wait for one signal, so a waiter that comes or leaves locks no entry of
 * the map unless it is the first or the last, and walks no list of the others. Thread-safe.
 */
final class OriginSignals {
    private final ConcurrentHashMap<String, Signal> signals = new ConcurrentHashMap<>();

    /** One signal of an origin, and the number of callers that wait for it. */
    static final class Signal {
        private static final int LEFT = -1;

        private final Waiters given = new Waiters(Checkpoints.NONE, Long.MAX_VALUE);

        /** The number of waiters; {@link #LEFT} for good once the last of them has left. */
        private final AtomicInteger waiters = new AtomicInteger();

        /** Adds a waiter; returns whether the signal still has any. */
        private boolean enter() {
            return waiters.getAndUpdate(now -> now == LEFT ? LEFT : now + 1) != LEFT;
        }

        /** Removes a waiter; returns whether it was the last. */
        private boolean leave() {
            return waiters.updateAndGet(now -> now == 1 ? LEFT : now - 1) == LEFT;
        }

        /** Returns whether the signal was given. */
        boolean isGiven() {
            return given.released();
        }
    }

    /**
     * Waits for the next signal of an origin. A signal that comes after {@link #expect} is not missed.
     *
     * @param nanos the longest wait, in nanoseconds
     */
    void await(String origin, Signal expected, long nanos) throws InterruptedException {
        try {
            var unused = expected.given.await(nanos);
        } finally {
            if (expected.leave()) {
                signals.remove(origin, expected);
            }
        }
    }

    /** Returns the next signal of an origin, which the caller must {@linkplain #await await}. */
    Signal expect(String origin) {
        while (true) {
            Signal signal = signals.computeIfAbsent(origin, same -> new Signal());
            if (signal.enter()) {
                return signal;
            }
            signals.remove(origin, signal);
        }
    }

    /** Wakes the callers that wait for a signal of this origin. */
    void give(String origin) {
        // Without a look at the size of the map: the size lags behind the entries, so a signal would be lost.
        Signal signal = signals.remove(origin);
        if (signal != null) {
            signal.given.release();
        }
    }

    /** Wakes all callers. */
    void giveAll() {
        signals.keySet().forEach(this::give);
    }

    /** Returns whether a caller waits for the signal of this origin. */
    boolean awaited(String origin) {
        return signals.containsKey(origin);
    }

    /** Returns the number of origins for which a caller waits. */
    int size() {
        return signals.size();
    }
}
