package dev.fetchonce.benchmarks.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Prints each stint that has ended, and an estimate of the time that is left. Thread-safe. */
final class Progress {
    private static final Mean GUESS = new Mean(1, 6);

    private final int all;
    private final List<Stint> left;
    private final Map<String, Mean> byKind = new HashMap<>();
    private final long begun = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();
    private double seconds;

    /** The sum of the seconds of so many stints. */
    private record Mean(int count, double sum) {
        Mean and(double more) {
            return new Mean(count + 1, sum + more);
        }

        double seconds() {
            return sum / count;
        }
    }

    Progress(List<Stint> stints) {
        this.all = stints.size();
        this.left = new ArrayList<>(stints);
    }

    /**
     * Prints that a stint has ended.
     *
     * @param took how many seconds it took
     * @param how how it ended
     */
    void ended(Stint stint, double took, String how) {
        lock.lock();
        try {
            left.remove(stint);
            byKind.merge(stint.kind(), new Mean(1, took), (mean, first) -> mean.and(took));
            seconds += took;
            System.out.printf(
                    "%4d/%d  %-34s %-24s %6.1f s  %s%s%n",
                    all - left.size(), all, stint.kind(), stint.contender(), took, how, rest());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the estimate of the time that is left. A stint takes as long as others of its kind did. The lanes stay as
     * many times faster as they were so far.
     */
    private String rest() {
        if (left.isEmpty()) {
            return "";
        }
        double lanes = seconds / ((System.nanoTime() - begun) / 1e9);
        double mean =
                byKind.values().stream().mapToDouble(Mean::seconds).average().orElse(GUESS.seconds());
        double rest = left.stream()
                        .mapToDouble(stint -> byKind.containsKey(stint.kind())
                                ? byKind.getOrDefault(stint.kind(), GUESS).seconds()
                                : mean)
                        .sum()
                / Math.max(1, lanes);
        return String.format("about %d:%02d left", (long) rest / 60, (long) rest % 60);
    }
}
