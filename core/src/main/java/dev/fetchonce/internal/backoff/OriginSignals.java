package dev.fetchonce.internal.backoff;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The signals that an origin may be asked again before the end of a wait. An origin takes memory only while a caller
 * waits for its signal. Thread-safe.
 */
final class OriginSignals {
    private final ConcurrentHashMap<String, Signal> signals = new ConcurrentHashMap<>();

    /**
     * One signal, and the number of callers that wait for it.
     *
     * @param waiters changes by a new record in the map's atomic step
     */
    private record Signal(CountDownLatch given, int waiters) {}

    /**
     * Waits for the next signal of an origin. A signal that comes after {@link #expect} is not missed.
     *
     * @param nanos the longest wait, in nanoseconds
     */
    void await(String origin, CountDownLatch expected, long nanos) throws InterruptedException {
        try {
            var unused = expected.await(nanos, TimeUnit.NANOSECONDS);
        } finally {
            signals.computeIfPresent(
                    origin,
                    (same, signal) -> !signal.given.equals(expected)
                            ? signal
                            : signal.waiters == 1 ? null : new Signal(expected, signal.waiters - 1));
        }
    }

    /** Returns the next signal of an origin, which the caller must {@linkplain #await await}. */
    CountDownLatch expect(String origin) {
        return signals.compute(
                        origin,
                        (same, signal) -> signal == null
                                ? new Signal(new CountDownLatch(1), 1)
                                : new Signal(signal.given, signal.waiters + 1))
                .given;
    }

    /** Wakes the callers that wait for a signal of this origin. */
    void give(String origin) {
        // Without a look at the size of the map: the size lags behind the entries, so a signal would be lost.
        Signal signal = signals.remove(origin);
        if (signal != null) {
            signal.given.countDown();
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
