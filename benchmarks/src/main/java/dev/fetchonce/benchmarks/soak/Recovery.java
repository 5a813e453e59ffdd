package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The recovery of URLs whose origin has just become calm. Callers ask for each URL until it is fresh. Used by one
 * thread.
 */
final class Recovery {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Origin origin;
    private final Referee referee;
    private final MachineClock clock;
    private final AtomicReference<Duration> slowest = new AtomicReference<>(Duration.ZERO);
    private final List<Thread> threads = new ArrayList<>();

    /** Makes the recovery of the URLs of an origin. */
    Recovery(Origin origin, Referee referee, MachineClock clock) {
        this.origin = origin;
        this.referee = referee;
        this.clock = clock;
    }

    /** Begins to ask for some URLs of a cache. The origin is calm now. */
    void begin(Subject subject, List<Target> targets) {
        for (Target target : targets) {
            long fresh = target.document().publish();
            Duration bound = subject.policy()
                    .recovery(target.sinceFresh())
                    .plus(origin.aftermath(subject.policy().firstTimeout()));
            long since = clock.nanos();
            threads.add(Thread.ofVirtual().name("soak-recovery").start(() -> {
                try {
                    recovers(subject, target, fresh, since, bound);
                } catch (InterruptedException e) {
                    referee.broken("a caller was interrupted without a cause");
                }
            }));
        }
    }

    /** Waits for all URLs, and prints how long the slowest took. */
    void end() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.printf(
                "%-12s %,7d requests; the slowest URL was fresh %,6d ms after the trouble%n",
                origin.name(), origin.listener().requests(), slowest.get().toMillis());
    }

    private void recovers(Subject subject, Target target, long fresh, long since, Duration bound)
            throws InterruptedException {
        Duration giveUp = bound.plus(Referee.GRACE);
        String outcome = "no answer";
        while (clock.since(since).compareTo(giveUp) <= 0) {
            outcome = look(subject, target, fresh);
            if (outcome.isEmpty()) {
                Duration took = clock.since(since);
                slowest.accumulateAndGet(took, (one, other) -> one.compareTo(other) > 0 ? one : other);
                return;
            }
            Thread.sleep(LOOK);
        }
        referee.broken(subject.name() + ": " + target + " is not fresh "
                + clock.since(since).toMillis() + " ms after the trouble (" + origin.name() + "), bound "
                + bound.toMillis() + " ms: " + outcome);
    }

    /** Asks once; returns a blank text for a fresh answer, and another outcome in words. */
    private String look(Subject subject, Target target, long fresh) throws InterruptedException {
        Call call = Call.begin(Act.FETCH, target, subject.longestCall(), clock);
        long oldest = target.shelf().floor();
        try {
            CachedResponse response = target.fetch();
            Page page = response.as(Page.class);
            subject.tally().answered();
            subject.tally().served(response.served());
            referee.seen(target.document(), page, oldest);
            return page.version() >= fresh && !response.stale()
                    ? ""
                    : "version " + page.version() + " of " + fresh + ", " + response.served() + ", "
                            + response.trouble();
        } catch (FetchException e) {
            subject.tally().failed(e.reason());
            referee.failed(call, e);
            return e.reason() + ", " + e.getMessage();
        } finally {
            subject.tally().ended(Act.FETCH, referee.ended(call, subject.policy()));
        }
    }
}
