package dev.fetchonce.benchmarks.hits;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.benchmarks.origin.Kind;
import dev.fetchonce.benchmarks.origin.OriginAt;
import dev.fetchonce.benchmarks.results.Names;
import dev.fetchonce.benchmarks.scenarios.Limits;
import dev.fetchonce.benchmarks.scenarios.Zipf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The benchmark of a hit: one contender answers a call for a fresh document of 1 KB. It needs an origin, whose port is
 * in a system property.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FreshHit {
    /** The system property with the port of the origin. */
    public static final String ORIGIN = "bench.origin";

    private static final int DRAWS = 1 << 16;
    private static final double SKEW = 0.99;
    private static final long SEED = 17;

    /** The name of the contender. */
    @Param(Names.FETCHONCE)
    public String contender = Names.FETCHONCE;

    /** The number of documents. A Zipf distribution chooses the document of each call. */
    @Param("1")
    public int keys = 1;

    private Contender opened = new CaffeineGet(Settings.AMPLE);
    private List<Callable<?>> calls = List.of();

    /** The order of the calls. Each thread walks through it from a place of its own. */
    private int[] draws = {};

    /** The place of a thread. */
    @State(Scope.Thread)
    public static class Turn {
        private int at = new SplittableRandom(Thread.currentThread().threadId()).nextInt(DRAWS);

        int next() {
            at = (at + 1) & (DRAWS - 1);
            return at;
        }
    }

    /** Stores all documents. */
    @Setup(Level.Trial)
    public void store() throws Exception {
        opened = contender.equals(Names.CAFFEINE_GET)
                ? opened
                : Entrants.named(contender).open(Settings.AMPLE);
        OriginAt origin = new OriginAt(Integer.getInteger(ORIGIN, 0));
        List<Callable<?>> made = new ArrayList<>();
        for (int id = 0; id < keys; id++) {
            Callable<?> call = opened.call(origin.url(Kind.DOC, Limits.KIBIBYTE, id, Limits.DAY));
            call.call();
            made.add(call);
        }
        calls = made;
        Zipf zipf = new Zipf(keys, SKEW, new SplittableRandom(SEED));
        draws = new int[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            draws[i] = zipf.getAsInt() - 1;
        }
        origin.reset();
    }

    /**
     * Ends the contender.
     *
     * @throws IllegalStateException when the origin had a request, so not all calls were hits
     */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        opened.close();
        long requests = new OriginAt(Integer.getInteger(ORIGIN, 0)).counts().requests();
        if (requests > 0) {
            throw new IllegalStateException(contender + " asked the origin " + requests + " times");
        }
    }

    @Benchmark
    public Object hit(Turn turn) throws Exception {
        return calls.get(draws[turn.next()]).call();
    }
}
