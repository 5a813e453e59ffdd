package dev.fetchonce.benchmarks.origin;

import java.util.concurrent.atomic.LongAdder;

/** Counts. Thread-safe. */
final class Ledger {
    private final LongAdder requests = new LongAdder();
    private final LongAdder notModified = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void connected() {
        connections.increment();
    }

    void asked() {
        requests.increment();
    }

    void answered(boolean unchanged, long sent) {
        if (unchanged) {
            notModified.increment();
        }
        bytes.add(sent);
    }

    Counts counts() {
        return new Counts(requests.sum(), notModified.sum(), connections.sum(), bytes.sum());
    }

    void reset() {
        requests.reset();
        notModified.reset();
        connections.reset();
        bytes.reset();
    }
}
