package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CacheStats;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The second half of the soak test: origins that flap or are slow, and an origin that limits the rate of some users. Each
 * URL has room in its caches, so its stored answer must stand in. At the end all origins become calm, and each URL must
 * soon be fresh. Used by one thread.
 */
final class Troubles {
    private static final int URLS = 8;
    private static final int USERS = 2;
    private static final int CALLERS = 40;
    private static final Duration TTL = Duration.ofMillis(300);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final Duration WAIT_FOR_FIRST = Duration.ofSeconds(20);

    private final Referee referee;
    private final MachineClock clock;
    private final Random random;
    private final List<Asked> asked = new ArrayList<>();
    private final List<Subject> subjects = new ArrayList<>();

    /** The URLs of one origin for which the callers of one cache ask. */
    private record Asked(Origin origin, Subject subject, List<Target> targets) {}

    /** Makes the stage. */
    Troubles(Referee referee, MachineClock clock, Random random) {
        this.referee = referee;
        this.clock = clock;
        this.random = random;
    }

    /** Runs for so many seconds, and then until the URLs are fresh. */
    void run(long seconds) throws IOException, InterruptedException {
        List<Origin> flapping = new ArrayList<>();
        try {
            for (Outage outage : Outage.values()) {
                flapping.add(new FlappingOrigin(outage, new Documents(URLS), new Random(random.nextLong())));
            }
            try (LimitingOrigin limiting =
                    new LimitingOrigin(new Documents(URLS), limits(), new Random(random.nextLong()))) {
                for (Subject subject : List.of(usual(), quiet(), hasty())) {
                    flapping.forEach(origin -> ask(origin, subject));
                    subjects.add(subject);
                }
                ask(limiting);
                List<Origin> origins = new ArrayList<>(flapping);
                origins.add(limiting);
                run(origins, seconds);
                System.out.printf("%,d limits of users%n", limiting.limits());
            }
        } finally {
            for (Origin origin : flapping) {
                origin.close();
            }
        }
    }

    /** Returns a cache with hardly any option of its own. */
    private static Subject usual() {
        Policy policy = new Policy(
                SECOND, SECOND, LONGEST, LONGEST.plus(SECOND), Duration.ofMillis(500), Duration.ofSeconds(10));
        return Subject.of("the usual cache", policy.builder().ttl(TTL).build(), policy, Habit.READER);
    }

    /** Returns a cache that does not knock, and whose callers wait for a first answer. */
    private static Subject quiet() {
        Policy policy = new Policy(
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                LONGEST,
                LONGEST.plus(SECOND),
                Duration.ofMillis(500),
                Duration.ofSeconds(10));
        HttpCache cache = policy.builder()
                .ttl(TTL)
                .knocking(false)
                .waitForFirst(WAIT_FOR_FIRST)
                .retries(1)
                .build();
        return new Subject("the quiet cache", cache, policy, WAIT_FOR_FIRST, Habit.READER, new Tally());
    }

    /** Returns a cache that asks early and often, and whose callers never wait where a response is stored. */
    private static Subject hasty() {
        Policy policy = new Policy(
                Duration.ZERO, SECOND, LONGEST, LONGEST.plus(SECOND), Duration.ofMillis(50), Duration.ofSeconds(2));
        HttpCache cache = policy.builder()
                .ttl(TTL)
                .staleWhileRevalidate(TTL)
                .refreshAhead(0.8)
                .cancelAbandoned(true)
                .build();
        return Subject.of("the hasty cache", cache, policy, Habit.EAGER);
    }

    /** Returns the cache of the users. Its timeout is so long that no busy machine causes a failure. */
    private static Subject shared() {
        Duration timeout = Duration.ofSeconds(20);
        Policy policy = new Policy(
                SECOND, timeout, timeout, timeout.plus(SECOND), Duration.ofMillis(500), Duration.ofSeconds(10));
        return Subject.of("the users' cache", policy.builder().ttl(TTL).build(), policy, Habit.EAGER);
    }

    private Map<String, UserLimit> limits() {
        Map<String, UserLimit> limits = new HashMap<>();
        for (RateLimit kind : RateLimit.values()) {
            for (int number = 0; number < USERS; number++) {
                String user = kind + "-" + number;
                limits.put(user, new UserLimit(user, kind, clock, referee, new Random(random.nextLong())));
            }
        }
        return limits;
    }

    private void ask(Origin origin, Subject subject) {
        List<Target> targets = origin.documents().all().stream()
                .map(document -> target(origin, subject, document, new Shelf(), "", Promise.STANDS_IN))
                .toList();
        asked.add(new Asked(origin, subject, targets));
    }

    private void ask(LimitingOrigin origin) {
        Subject subject = shared();
        List<Target> targets = new ArrayList<>();
        for (Document document : origin.documents().all()) {
            Shelf shelf = new Shelf();
            for (int number = 0; number < USERS; number++) {
                targets.add(target(origin, subject, document, shelf, "free-" + number, Promise.SERVES));
                for (RateLimit kind : RateLimit.values()) {
                    targets.add(target(origin, subject, document, shelf, kind + "-" + number, Promise.STANDS_IN));
                }
            }
        }
        asked.add(new Asked(origin, subject, targets));
        subjects.add(subject);
    }

    private Target target(
            Origin origin, Subject subject, Document document, Shelf shelf, String user, Promise promise) {
        URI uri = URI.create(origin.listener().url(document.path()));
        return new Target(subject.cache(), uri, user, document, shelf, promise, clock);
    }

    private void run(List<Origin> origins, long seconds) throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(random.nextLong());
        List<Caller> callers = subjects.stream()
                .flatMap(subject -> Stream.generate(
                                () -> new Caller(subject, targets(subject), referee, clock, seeds.split()))
                        .limit(CALLERS))
                .toList();
        List<Thread> threads = callers.stream()
                .map(Thread.ofVirtual().name("soak-caller-", 0)::start)
                .toList();
        System.out.printf(
                "%d callers of %d caches, %d origins, %d s%n",
                callers.size(), subjects.size(), origins.size(), seconds);
        Thread.sleep(Duration.ofSeconds(seconds));
        recover(origins);
        callers.forEach(Caller::stop);
        referee.settles(
                "every caller ends", WAIT_FOR_FIRST, () -> threads.stream().noneMatch(Thread::isAlive));
        for (Subject subject : subjects) {
            ended(subject);
        }
        referee.settles(
                "no thread of a cache is left",
                Duration.ZERO,
                () -> CacheThreads.living().isEmpty());
        referee.settles(
                "no connection is left",
                Duration.ZERO,
                () -> origins.stream().allMatch(origin -> origin.listener().connections() == 0));
    }

    private List<Target> targets(Subject subject) {
        return asked.stream()
                .filter(each -> each.subject().equals(subject))
                .flatMap(each -> each.targets().stream())
                .toList();
    }

    private void recover(List<Origin> origins) throws InterruptedException {
        List<Recovery> recoveries = new ArrayList<>();
        for (Origin origin : origins) {
            Recovery recovery = new Recovery(origin, referee, clock);
            origin.calm();
            asked.stream()
                    .filter(each -> each.origin().equals(origin))
                    .forEach(each -> recovery.begin(each.subject(), each.targets()));
            recoveries.add(recovery);
        }
        for (Recovery recovery : recoveries) {
            recovery.end();
        }
    }

    private void ended(Subject subject) throws InterruptedException {
        HttpCache cache = subject.cache();
        referee.settles(
                "no flight of " + subject.name() + " is up after the last call",
                subject.policy().firstTimeout(),
                () -> cache.stats().fetchesInProgress() == 0);
        CacheStats before = cache.stats();
        cache.close();
        CacheStats after = cache.stats();
        referee.counted(subject.name(), after, subject.tally());
        if (!counts(before).equals(counts(after))) {
            referee.unmet("the counts of " + subject.name() + " changed with its end: " + before + ", " + after);
        }
        Tally tally = subject.tally();
        System.out.printf(
                "%s: %,d calls, %,d answered (%,d stale), %,d failed %s; the longest lasted %,d ms; %,d requests%n",
                subject.name(),
                tally.calls(),
                tally.pages(),
                after.staleServed(),
                tally.failed(),
                new TreeMap<>(tally.failures()),
                tally.longest().toMillis(),
                after.requestsSent());
    }

    /** Returns the counts that do not depend on the content of a cache. */
    private static List<Object> counts(CacheStats stats) {
        return List.of(
                stats.hits(),
                stats.misses(),
                stats.collapsed(),
                stats.heldByBackoff(),
                stats.stale(),
                stats.requestsSent(),
                stats.revalidated(),
                stats.failures(),
                stats.failuresByOrigin());
    }
}
