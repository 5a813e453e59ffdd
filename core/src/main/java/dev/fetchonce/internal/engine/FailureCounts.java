package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The counts of failures by reason, and by origin for a bounded number of origins. Thread-safe. */
final class FailureCounts {
    /** The number of origins that have a count of their own. */
    static final int MAXIMUM_ORIGINS = 1_000;

    /** The name under which all further origins count. */
    static final String OTHER = "other";

    private final Map<Reason, LongAdder> byReason = new EnumMap<>(Reason.class);
    private final ConcurrentHashMap<String, LongAdder> byOrigin = new ConcurrentHashMap<>();
    private final LongAdder ofOthers = new LongAdder();
    private final AtomicInteger places = new AtomicInteger(MAXIMUM_ORIGINS);

    FailureCounts() {
        for (Reason reason : Reason.values()) {
            byReason.put(reason, new LongAdder());
        }
    }

    /** Counts one failure. */
    void add(String origin, Reason reason) {
        Objects.requireNonNull(byReason.get(reason), "a counter for each reason")
                .increment();
        LongAdder known = byOrigin.get(origin);
        LongAdder mine = known == null
                ? byOrigin.computeIfAbsent(
                        origin, name -> places.getAndUpdate(free -> Math.max(0, free - 1)) > 0 ? new LongAdder() : null)
                : known;
        (mine == null ? ofOthers : mine).increment();
    }

    /** Returns the counts by reason; reasons without a failure are absent. */
    Map<Reason, Long> byReason() {
        Map<Reason, Long> counts = new EnumMap<>(Reason.class);
        byReason.forEach((reason, count) -> {
            if (count.sum() > 0) {
                counts.put(reason, count.sum());
            }
        });
        return counts;
    }

    /** Returns the counts by origin; those beyond the bound are one count. */
    Map<String, Long> byOrigin() {
        Map<String, Long> counts = new HashMap<>();
        byOrigin.forEach((origin, count) -> counts.put(origin, count.sum()));
        if (ofOthers.sum() > 0) {
            counts.put(OTHER, ofOthers.sum());
        }
        return counts;
    }
}
