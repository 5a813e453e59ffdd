package dev.fetchonce.benchmarks.harness;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says what is done, and about how long the rest takes. For one thread. */
final class Progress {
    private static final double GUESS_SECONDS = 6;

    private final List<Stint> stints;

    /** By kind of stint: how many there were, and how many seconds they took. */
    private final Map<String, double[]> past = new HashMap<>();

    private int done;

    Progress(List<Stint> stints) {
        this.stints = stints;
    }

    /** The next stint took so long and ended like this. */
    void ended(Stint stint, double seconds, String how) {
        double[] sums = past.computeIfAbsent(stint.kind(), kind -> new double[2]);
        sums[0]++;
        sums[1] += seconds;
        done++;
        System.out.printf(
                "%4d/%d  %-34s %-24s %6.1f s  %s%s%n",
                done, stints.size(), stint.kind(), stint.contender(), seconds, how, left());
    }

    private String left() {
        double mean =
                mean(past.values().stream().reduce(new double[2], (a, b) -> new double[] {a[0] + b[0], a[1] + b[1]}));
        double seconds = stints.subList(done, stints.size()).stream()
                .mapToDouble(stint -> past.containsKey(stint.kind()) ? mean(past.get(stint.kind())) : mean)
                .sum();
        return done == stints.size()
                ? ""
                : String.format("about %d:%02d left", (long) seconds / 60, (long) seconds % 60);
    }

    private static double mean(double[] sums) {
        return sums[0] == 0 ? GUESS_SECONDS : sums[1] / sums[0];
    }
}
