package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The last part of the soak test: a cache closes in the midst of trouble. One origin hangs and another one refuses
 * connections, so callers wait, flights are up, and the cache knocks. Used by one thread.
 */
final class Departure {
    private static final int URLS = 20;
    private static final Duration LONG = Duration.ofSeconds(30);

    /** The names of the threads that work for callers, or for a host in trouble. */
    private static final List<String> WORK = List.of("fetchonce-flight", "fetchonce-knock", "fetchonce-watch");

    private final Referee referee;
    private final Random random;

    /** Makes the stage. */
    Departure(Referee referee, Random random) {
        this.referee = referee;
        this.random = random;
    }

    /** Runs until the cache is closed and nothing of it is left. */
    void run() throws IOException, InterruptedException {
        try (Listener hanging = new Listener((request, connection) -> connection.hang(), random);
                Listener refusing = new Listener((request, connection) -> connection.reset(), random)) {
            refusing.refuse();
            HttpCache cache = HttpCache.builder()
                    .firstTimeout(LONG)
                    .patience(LONG.plusSeconds(1))
                    .waitForFirst(LONG)
                    .build();
            List<Thread> callers = new ArrayList<>();
            try (cache) {
                for (int number = 0; number < URLS; number++) {
                    callers.add(waits(cache, hanging.url("/page/" + number)));
                    callers.add(waits(cache, refusing.url("/page/" + number)));
                }
                referee.settles(
                        "a cache has flights, knocks and a watchdog",
                        LONG,
                        () -> WORK.stream().allMatch(Departure::lives));
            }
            referee.holdsAtOnce(
                    "no flight, knock or watchdog of a closed cache is left",
                    () -> WORK.stream().noneMatch(Departure::lives));
            referee.settles(
                    "every caller of a closed cache ends",
                    Duration.ZERO,
                    () -> callers.stream().noneMatch(Thread::isAlive));
            referee.settles(
                    "no thread of a closed cache is left",
                    Duration.ZERO,
                    () -> CacheThreads.living().isEmpty());
            referee.settles("no connection of a closed cache is left", Duration.ZERO, () -> hanging.connections() == 0);
        }
    }

    /** Reports whether a thread of this name lives; the names of some end with their work. */
    private static boolean lives(String name) {
        return CacheThreads.living().stream().anyMatch(thread -> thread.startsWith(name));
    }

    /** Starts a caller that waits for a first answer until the cache closes. */
    private Thread waits(HttpCache cache, String url) {
        return Thread.ofVirtual().name("soak-caller").start(() -> {
            try {
                cache.get(url);
                referee.broken(url + " has an answer, which no origin gave");
            } catch (FetchException e) {
                if (e.reason() != Reason.CLOSED) {
                    referee.broken(url + " failed before the cache closed: " + e.reason() + ", " + e.getMessage());
                }
            } catch (InterruptedException e) {
                referee.broken("a caller was interrupted without a cause");
            }
        });
    }
}
