package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** The counts since the cache was made. Thread-safe; values read during counting are approximate. */
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

    /** Returns the number of calls answered at once with a stored response, without a prior request to the origin. */
    public long hits() {
        return hits.sum();
    }

    /** Returns the number of calls that sent a request of their own, or would have sent one. */
    public long misses() {
        return misses.sum();
    }

    /** Returns the number of calls that waited for the request of another call. */
    public long collapsed() {
        return collapsed.sum();
    }

    /** Returns the number of calls answered with a stale response. */
    public long staleServed() {
        return staleServed.sum();
    }

    /** Returns the number of requests that the origin answered with 304. */
    public long revalidated() {
        return revalidated.sum();
    }

    /** Returns the number of failures by reason; reasons without a failure are absent. */
    public Map<Reason, Long> failures() {
        Map<Reason, Long> counts = new EnumMap<>(Reason.class);
        failures.forEach((reason, count) -> {
            if (count.sum() > 0) {
                counts.put(reason, count.sum());
            }
        });
        return counts;
    }

    /** Returns the times of exchanges, each from the moment it held its permit. */
    public Times loads() {
        return loads;
    }

    /** Returns the times that fetches queued for their permits. */
    public Times queues() {
        return queues;
    }

    /** The number, the mean and the maximum of the times of one activity. */
    public static final class Times {
        private final LongAdder count = new LongAdder();
        private final LongAdder sum = new LongAdder();
        private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

        private void add(long nanos) {
            count.increment();
            sum.add(nanos);
            longest.accumulate(nanos);
        }

        /** Returns the mean; zero before the first time. */
        public Duration mean() {
            long times = count.sum();
            return times == 0 ? Duration.ZERO : Duration.ofNanos(sum.sum() / times);
        }

        /** Returns the longest time; zero before the first. */
        public Duration longest() {
            return Duration.ofNanos(longest.get());
        }
    }
}
