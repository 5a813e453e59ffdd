package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.origin.OriginProcess;
import dev.fetchonce.benchmarks.results.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The stints of a plan under way: one after another, each lane with an origin of its own. With one lane nothing disturbs what is
 * measured; with several a run is over sooner, and only what can be counted is of use.
 */
final class Lanes {
    private final List<Stint> stints;
    private final Progress progress;
    private final Gathered gathered = new Gathered();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Consumer<List<Series>> keeper;

    /**
     * Makes them.
     *
     * @param keeper is given what has been measured so far, after each stint: a run that is broken off has not been for nothing
     */
    Lanes(List<Stint> stints, Consumer<List<Series>> keeper) {
        this.stints = stints;
        this.keeper = keeper;
        this.progress = new Progress(stints);
    }

    /**
     * Performs all of them.
     *
     * @throws IOException when an origin does not start
     */
    void perform(int lanes) throws IOException, InterruptedException {
        List<Future<?>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(lanes)) {
            for (int i = 0; i < lanes; i++) {
                ends.add(threads.submit(() -> {
                    lane();
                    return null;
                }));
            }
        }
        for (Future<?> end : ends) {
            try {
                end.get();
            } catch (ExecutionException e) {
                throw new IOException("a lane ended early", e.getCause());
            }
        }
    }

    private void lane() throws IOException, InterruptedException {
        try (OriginProcess origin = OriginProcess.start()) {
            for (int at = next.getAndIncrement(); at < stints.size(); at = next.getAndIncrement()) {
                perform(at, origin);
            }
        }
    }

    private void perform(int at, OriginProcess origin) throws InterruptedException {
        Stint stint = stints.get(at);
        long before = System.nanoTime();
        String how = "";
        try {
            gathered.add(at, stint.perform(origin.at()));
            keeper.accept(gathered.series());
        } catch (StintFailed e) {
            how = "FAILED ";
            failures.add(stint.kind() + ", " + stint.contender() + ": " + e.getMessage());
        }
        progress.ended(stint, (System.nanoTime() - before) / 1e9, how);
    }

    /** What was measured. */
    List<Series> series() {
        return gathered.series();
    }

    /** Which stints have no figures, and why. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}
