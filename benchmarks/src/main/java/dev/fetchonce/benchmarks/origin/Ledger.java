package dev.fetchonce.benchmarks.origin;

import java.util.concurrent.atomic.LongAdder;

/** The counters of requests and bytes. Thread-safe. */
final class Ledger {
    private final LongAdder requests = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    void asked() {
        requests.increment();
    }

    void answered(long sent) {
        bytes.add(sent);
    }

    Counts counts() {
        return new Counts(requests.sum(), bytes.sum());
    }

    void reset() {
        requests.reset();
        bytes.reset();
    }
}
