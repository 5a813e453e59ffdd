package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What has been counted since the cache was made. Thread-safe; reading it while it counts is approximate. */
public final class Counters {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder collapsed = new LongAdder();
    final LongAdder staleServed = new LongAdder();
    final LongAdder revalidated = new LongAdder();
    private final Map<Reason, LongAdder> failures = new EnumMap<>(Reason.class);
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadNanos = new LongAdder();
    private final LongAccumulator longestLoadNanos = new LongAccumulator(Math::max, 0);

    Counters() {
        for (Reason reason : Reason.values()) {
            failures.put(reason, new LongAdder());
        }
    }

    void failed(Reason reason) {
        LongAdder counter = failures.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void loaded(long nanos) {
        loads.increment();
        loadNanos.add(nanos);
        longestLoadNanos.accumulate(nanos);
    }

    /** Calls answered at once with a fresh stored response. */
    public long hits() {
        return hits.sum();
    }

    /** Calls that sent a request of their own. */
    public long misses() {
        return misses.sum();
    }

    /** Calls that waited for another call's request. */
    public long collapsed() {
        return collapsed.sum();
    }

    /** Calls answered with a stale response. */
    public long staleServed() {
        return staleServed.sum();
    }

    /** Requests that the origin answered with 304. */
    public long revalidated() {
        return revalidated.sum();
    }

    /** Failures by reason; only those that occurred. */
    public Map<Reason, Long> failures() {
        Map<Reason, Long> counts = new EnumMap<>(Reason.class);
        failures.forEach((reason, count) -> {
            if (count.sum() > 0) {
                counts.put(reason, count.sum());
            }
        });
        return counts;
    }

    /** The mean time of an exchange in nanoseconds; zero before the first. */
    public long meanLoadNanos() {
        long count = loads.sum();
        return count == 0 ? 0 : loadNanos.sum() / count;
    }

    /** The longest exchange in nanoseconds. */
    public long longestLoadNanos() {
        return longestLoadNanos.get();
    }
}
