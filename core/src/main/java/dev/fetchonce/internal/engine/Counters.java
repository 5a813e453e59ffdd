package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import java.time.Duration;
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
    private final Times loads = new Times();
    private final Times queues = new Times();

    Counters() {
        for (Reason reason : Reason.values()) {
            failures.put(reason, new LongAdder());
        }
    }

    /** Counts a failure. */
    public void failed(Reason reason) {
        LongAdder counter = failures.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void loaded(long nanos) {
        loads.add(nanos);
    }

    void queued(long nanos) {
        queues.add(nanos);
    }

    /** Calls answered at once with a stored response, as nobody had to be asked before. */
    public long hits() {
        return hits.sum();
    }

    /** Calls that sent a request of their own, or would have. */
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

    /** The times of exchanges, each from the moment it held its permit. */
    public Times loads() {
        return loads;
    }

    /** The times that fetches queued for their permits. */
    public Times queues() {
        return queues;
    }

    /** How often something took how long. */
    public static final class Times {
        private final LongAdder count = new LongAdder();
        private final LongAdder sum = new LongAdder();
        private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

        private void add(long nanos) {
            count.increment();
            sum.add(nanos);
            longest.accumulate(nanos);
        }

        /** The mean; zero before the first. */
        public Duration mean() {
            long times = count.sum();
            return times == 0 ? Duration.ZERO : Duration.ofNanos(sum.sum() / times);
        }

        /** The longest. */
        public Duration longest() {
            return Duration.ofNanos(longest.get());
        }
    }
}
