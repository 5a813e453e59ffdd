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
 * The lanes of a run. Each lane performs one stint after another, with an origin of its own. With one lane nothing
 * disturbs the measurement. With several lanes a run is over sooner, but only its counts are of use.
 */
final class Lanes {
    private final List<Stint> stints;
    private final Progress progress;
    private final Gathered gathered = new Gathered();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Consumer<List<Series>> keeper;

    /**
     * Makes the lanes.
     *
     * @param keeper takes all numbers so far after each stint, so that a run that breaks off is not lost
     */
    Lanes(List<Stint> stints, Consumer<List<Series>> keeper) {
        this.stints = stints;
        this.keeper = keeper;
        this.progress = new Progress(stints);
    }

    /**
     * Performs all stints.
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

    /** Returns the numbers so far. */
    List<Series> series() {
        return gathered.series();
    }

    /** Returns the stints without figures, each with the reason. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}
