package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CacheStats;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The main class of the soak test, {@code mvn -q -Psoak}: two thousand callers, two hundred URLs, and one origin that
 * fails in every way it knows. It ends with a verdict. Its exit code is 1 if a call hung, an answer was wrong, the heap
 * grew, or a thread or a connection was left.
 *
 * <p>System properties: {@code soak.minutes}, by default 2, and {@code soak.seed}. The seed sets the random numbers of
 * each caller and each URL. The machine decides the order of the threads.
 */
public final class Soak {
    private static final int CALLERS = 2_000;
    private static final int URLS = 200;
    private static final long SHORTEST_SECONDS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);
    private static final Duration SETTLING = PATIENCE.plus(Referee.GRACE);
    private static final double MOST_GROWTH = 1.5;
    private static final long GROWTH_ALLOWANCE = 32;

    private final Referee referee = new Referee();
    private final Random random;
    private final long seconds;

    private Soak(long seed, long seconds) {
        this.random = new Random(seed);
        this.seconds = seconds;
    }

    /**
     * Runs the test. Takes no arguments.
     *
     * @throws Exception when the origin cannot be started
     */
    public static void main(String[] args) throws Exception {
        String given = System.getProperty("soak.seed", "");
        long seed = given.isBlank() ? new Random().nextInt(1_000_000) : Long.parseLong(given);
        double minutes = Double.parseDouble(System.getProperty("soak.minutes", "2"));
        long seconds = Math.max(SHORTEST_SECONDS, Math.round(minutes * 60));
        System.out.println(CALLERS + " callers, " + URLS + " URLs, " + seconds + " s, -Dsoak.seed=" + seed);
        System.exit(new Soak(seed, seconds).run() == 0 ? 0 : 1);
    }

    /** Makes a cache with all options for an origin in trouble. Its store has room for almost all pages. */
    private static HttpCache cache() {
        return HttpCache.builder()
                .ttl(Duration.ofMillis(800))
                .ttlJitter(0.3)
                .timeout(TIMEOUT)
                .patience(PATIENCE)
                .backoff(Duration.ofMillis(50), LONGEST_BACKOFF)
                .retries(1)
                .softTimeout(Duration.ofMillis(250))
                .staleWhileRevalidate(Duration.ofMillis(400))
                .refreshAhead(0.8)
                .backgroundFetches(16)
                .negativeTtl(404, Duration.ofMillis(300))
                .cancelAbandoned(true)
                .maximumWaiters(12)
                .connectionsPerOrigin(64)
                .maximumBytes(7 << 20)
                .build();
    }

    private long run() throws IOException, InterruptedException {
        List<Document> documents = IntStream.range(0, URLS)
                .mapToObj(number -> new Document("/page/" + number))
                .toList();
        try (FaultyOrigin origin = new FaultyOrigin(documents, new Random(random.nextLong()))) {
            HttpCache cache = cache();
            Watcher.Measured measured;
            try (cache) {
                measured = crowd(cache, origin, documents);
                counted(cache.stats());
                origin.calm();
                check("no flight is up after the last call", () -> cache.stats().fetchesInProgress() == 0);
                check("plain calls work again", () -> works(cache, origin, documents));
            }
            check("no thread of the cache is left", () -> CacheThreads.living().isEmpty());
            check("no connection is left", () -> origin.connections() == 0);
            verdict(measured, origin);
        }
        return referee.faults();
    }

    private Watcher.Measured crowd(HttpCache cache, FaultyOrigin origin, List<Document> documents)
            throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(random.nextLong());
        List<Caller> callers = Stream.generate(
                        () -> new Caller(cache, origin, documents, referee, PATIENCE, seeds.split()))
                .limit(CALLERS)
                .toList();
        List<Thread> threads = callers.stream()
                .map(Thread.ofVirtual().name("soak-caller-", 0)::start)
                .toList();
        Watcher.Measured measured = new Watcher(cache, origin, referee, callers).watch(seconds);
        callers.forEach(Caller::stop);
        check("every caller ends", () -> threads.stream().noneMatch(Thread::isAlive));
        if (measured.heapLate() > measured.heapEarly() * MOST_GROWTH + GROWTH_ALLOWANCE) {
            referee.unmet("the heap grew from " + measured.heapEarly() + " to " + measured.heapLate() + " MiB");
        }
        return measured;
    }

    /** Waits for a condition that must come true, as long as a call may last. */
    private void check(String what, BooleanSupplier holds) throws InterruptedException {
        long giveUp = System.nanoTime() + SETTLING.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - giveUp > 0) {
                referee.unmet("it does not hold that " + what);
                return;
            }
            Thread.sleep(50);
        }
    }

    /** Reports whether every URL can be fetched. The backoff of the origin may last as long as the longest backoff. */
    private boolean works(HttpCache cache, FaultyOrigin origin, List<Document> documents) {
        try {
            for (Document document : documents) {
                String url = origin.url(document.path());
                long version = document.publish();
                cache.invalidate(URI.create(url));
                referee.seen(document, cache.get(url, Page.class), version);
            }
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void counted(CacheStats stats) {
        System.out.printf(
                "%,d hits, %,d misses, %,d collapsed, %,d stale, %,d confirmed by 304, %,d evicted; failed fetches %s%n",
                stats.hits(),
                stats.misses(),
                stats.collapsed(),
                stats.staleServed(),
                stats.revalidated(),
                stats.evictions(),
                new TreeMap<>(stats.failures()));
    }

    private void verdict(Watcher.Measured measured, FaultyOrigin origin) {
        Map<String, Long> reasons = new TreeMap<>();
        referee.reasons().forEach((reason, count) -> reasons.put(reason.name(), count.sum()));
        System.out.printf(
                "%,d calls: %,d answered, %,d failed %s, %,d interrupted; the longest lasted %,d ms%n",
                referee.calls(),
                referee.answered(),
                referee.failed(),
                reasons,
                referee.interruptions(),
                referee.longest().toMillis());
        System.out.printf(
                "%,d requests at the origin, which refused all connections %d times%n",
                origin.requests(), origin.refusals());
        System.out.printf(
                "heap %d MiB after a quarter, %d MiB at the end; at most %d flights, %d platform threads, %d of the cache%n",
                measured.heapEarly(),
                measured.heapLate(),
                measured.flights(),
                measured.threads(),
                measured.cacheThreads());
        referee.told().forEach(each -> System.out.println("BROKEN: " + each));
        System.out.println(
                referee.faults() == 0
                        ? "verdict: good. Nothing hung, no wrong answer, heap and threads flat"
                        : "verdict: BROKEN, " + referee.faults() + " times");
    }
}
