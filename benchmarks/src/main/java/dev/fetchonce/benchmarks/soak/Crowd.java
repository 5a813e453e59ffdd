package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CacheStats;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The first half of the soak test: two thousand callers of one cache, and one origin that fails in every way it knows.
 * Its URLs may be dropped at any time, so only the promises that hold always are judged. Used by one thread.
 */
final class Crowd {
    static final int CALLERS = 2_000;
    static final int URLS = 200;

    private static final Policy POLICY = new Policy(
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofMillis(1_500),
            Duration.ofSeconds(2),
            Duration.ofMillis(50),
            Duration.ofSeconds(2));

    /** The longest wait that the origin requests, and the time of its whole seconds. */
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(3);

    private static final double MOST_GROWTH = 1.5;
    private static final long GROWTH_ALLOWANCE = 32;

    private final Referee referee;
    private final MachineClock clock;
    private final Random random;

    /** Makes the stage. */
    Crowd(Referee referee, MachineClock clock, Random random) {
        this.referee = referee;
        this.clock = clock;
        this.random = random;
    }

    /** Makes a cache with all options for an origin in trouble. Its store has room for almost all pages. */
    private static HttpCache cache() {
        return POLICY.builder()
                .ttl(Duration.ofMillis(800))
                .ttlJitter(0.3)
                .retries(1)
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

    /** Runs for so many seconds. */
    void run(long seconds) throws IOException, InterruptedException {
        Documents documents = new Documents(URLS);
        try (FaultyOrigin origin = new FaultyOrigin(documents, new Random(random.nextLong()))) {
            HttpCache cache = cache();
            Subject subject = Subject.of("the crowd's cache", cache, POLICY, Habit.CROWD);
            List<Target> targets = documents.all().stream()
                    .map(document -> new Target(
                            cache,
                            URI.create(origin.listener().url(document.path())),
                            "",
                            document,
                            new Shelf(),
                            Promise.NONE,
                            clock))
                    .toList();
            try (cache) {
                Watcher.Measured measured = crowd(subject, origin, targets, seconds);
                origin.calm();
                referee.settles(
                        "no flight is up after the last call",
                        POLICY.firstTimeout(),
                        () -> cache.stats().fetchesInProgress() == 0);
                referee.counted(subject.name(), cache.stats(), subject.tally());
                told(subject, measured, origin);
                referee.settles("plain calls work again", LONGEST_REQUEST, () -> works(targets));
            }
            referee.settles(
                    "no thread of the cache is left",
                    Duration.ZERO,
                    () -> CacheThreads.living().isEmpty());
            referee.settles(
                    "no connection is left",
                    Duration.ZERO,
                    () -> origin.listener().connections() == 0);
        }
    }

    private Watcher.Measured crowd(Subject subject, FaultyOrigin origin, List<Target> targets, long seconds)
            throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(random.nextLong());
        List<Caller> callers = Stream.generate(() -> new Caller(subject, targets, referee, clock, seeds.split()))
                .limit(CALLERS)
                .toList();
        List<Thread> threads = callers.stream()
                .map(Thread.ofVirtual().name("soak-caller-", 0)::start)
                .toList();
        Watcher.Measured measured = new Watcher(subject, origin, referee, callers).watch(seconds);
        callers.forEach(Caller::stop);
        referee.settles(
                "every caller ends",
                subject.longestCall(),
                () -> threads.stream().noneMatch(Thread::isAlive));
        if (measured.heapLate() > measured.heapEarly() * MOST_GROWTH + GROWTH_ALLOWANCE) {
            referee.unmet("the heap grew from " + measured.heapEarly() + " to " + measured.heapLate() + " MiB");
        }
        return measured;
    }

    /** Reports whether every URL can be fetched. */
    private boolean works(List<Target> targets) {
        try {
            for (Target target : targets) {
                target.invalidate();
                referee.seen(target.document(), target.page(), target.shelf().floor());
            }
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void told(Subject subject, Watcher.Measured measured, FaultyOrigin origin) {
        CacheStats stats = subject.cache().stats();
        Tally tally = subject.tally();
        System.out.printf(
                "%,d hits, %,d misses, %,d collapsed, %,d held, %,d stale, %,d confirmed by 304, %,d evicted; failed"
                        + " fetches %s%n",
                stats.hits(),
                stats.misses(),
                stats.collapsed(),
                stats.heldByBackoff(),
                stats.staleServed(),
                stats.revalidated(),
                stats.evictions(),
                new TreeMap<>(stats.failures()));
        System.out.printf(
                "%,d calls: %,d answered, %,d failed %s, %,d interrupted; the longest lasted %,d ms%n",
                tally.calls(),
                tally.pages(),
                tally.failed(),
                tally.failures(),
                tally.interruptions(),
                tally.longest().toMillis());
        System.out.printf(
                "%,d requests at the origin, which refused all connections %d times%n",
                origin.listener().requests(), origin.refusals());
        System.out.printf(
                "heap %d MiB after a quarter, %d MiB at the end; at most %d flights, %d platform threads, %d of the cache%n",
                measured.heapEarly(),
                measured.heapLate(),
                measured.flights(),
                measured.threads(),
                measured.cacheThreads());
    }
}
