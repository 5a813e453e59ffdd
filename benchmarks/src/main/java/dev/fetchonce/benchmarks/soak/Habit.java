package dev.fetchonce.benchmarks.soak;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** The mixture of actions of some callers. Immutable. */
final class Habit {
    /** The habit of a crowd that does everything. */
    static final Habit CROWD = new Habit(Map.of(
            Act.TREE, 360,
            Act.TYPED, 340,
            Act.FETCH, 130,
            Act.IMPATIENT, 70,
            Act.INTERRUPTED, 30,
            Act.REFRESH, 10,
            Act.PEEK, 56,
            Act.RETRY, 2,
            Act.RETRY_ALL, 1,
            Act.INVALIDATE, 1));

    /** The habit of callers that leave each wait of the cache alone. */
    static final Habit READER = new Habit(Map.of(
            Act.TREE, 200,
            Act.TYPED, 200,
            Act.FETCH, 450,
            Act.IMPATIENT, 60,
            Act.INTERRUPTED, 30,
            Act.REFRESH, 5,
            Act.PEEK, 50));

    /** The habit of callers that read, and often end the waits. */
    static final Habit EAGER = READER.with(Map.of(Act.RETRY, 10, Act.RETRY_ALL, 2, Act.INVALIDATE, 2));

    private final Map<Act, Integer> parts = new LinkedHashMap<>();
    private final int all;

    private Habit(Map<Act, Integer> parts) {
        for (Act act : Act.values()) { // in a fixed order, so that a seed repeats a run
            this.parts.put(act, parts.getOrDefault(act, 0));
        }
        this.all = parts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private Habit with(Map<Act, Integer> further) {
        Map<Act, Integer> both = new LinkedHashMap<>(parts);
        both.putAll(further);
        return new Habit(both);
    }

    /** Draws an action. */
    Act draw(SplittableRandom random) {
        int left = random.nextInt(all);
        for (Map.Entry<Act, Integer> part : parts.entrySet()) {
            left -= part.getValue();
            if (left < 0) {
                return part.getKey();
            }
        }
        throw new IllegalStateException("the parts are fewer than their sum");
    }
}
