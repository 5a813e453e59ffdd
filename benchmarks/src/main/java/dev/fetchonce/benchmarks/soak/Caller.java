package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A caller that does one action after another until {@link #stop}. It belongs to its thread, and other threads may look
 * at it.
 */
final class Caller implements Runnable {
    private static final int LONGEST_PAUSE_MILLIS = 200;
    private static final int LONGEST_IMPATIENCE_MILLIS = 60;
    private static final int LATEST_INTERRUPT_MILLIS = 40;

    private final Subject subject;
    private final List<Target> targets;
    private final Referee referee;
    private final MachineClock clock;
    private final SplittableRandom random;
    private volatile @Nullable Call call; // null between two calls
    private volatile boolean stopped;

    /**
     * Makes a caller.
     *
     * @param subject the cache that it calls
     * @param targets the URLs for which it asks
     */
    Caller(Subject subject, List<Target> targets, Referee referee, MachineClock clock, SplittableRandom random) {
        this.subject = subject;
        this.targets = targets;
        this.referee = referee;
        this.clock = clock;
        this.random = random;
    }

    /** Ends the caller after the call that is under way. */
    void stop() {
        stopped = true;
    }

    /** Returns the call under way that has lasted longer than it may, if there is one. */
    Optional<Call> overdue() {
        return Optional.ofNullable(call)
                .filter(begun ->
                        clock.since(begun.since()).compareTo(begun.patience().plus(Referee.GRACE)) > 0);
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                act(subject.habit().draw(random), targets.get(random.nextInt(targets.size())));
            }
        } catch (InterruptedException e) {
            referee.broken("a caller was interrupted without a cause");
        }
    }

    private void act(Act act, Target target) throws InterruptedException {
        Duration own = act == Act.IMPATIENT
                ? Duration.ofMillis(1 + random.nextInt(LONGEST_IMPATIENCE_MILLIS))
                : subject.longestCall();
        Call begun = Call.begin(act, target, own, clock);
        call = begun;
        try {
            perform(begun);
        } catch (FetchException e) {
            failed(begun, e);
        } catch (IOException | RuntimeException | Error e) {
            referee.broken(begun + " met " + e);
        } finally {
            call = null;
            subject.tally().ended(act, referee.ended(begun, subject.policy()));
        }
    }

    private void perform(Call begun) throws IOException, InterruptedException {
        Target target = begun.target();
        long oldest = target.shelf().floor();
        switch (begun.act()) {
            case TREE -> answered(begun, page(target.tree()), oldest);
            case TYPED -> answered(begun, target.page(), oldest);
            case FETCH -> answered(begun, target.fetch(), oldest);
            case IMPATIENT -> answered(begun, target.fetch(begun.patience()), oldest);
            case INTERRUPTED -> interrupted(begun, oldest);
            case REFRESH -> refreshed(begun);
            case PEEK -> peeked(begun, oldest);
            case RETRY -> target.retryNow();
            case RETRY_ALL -> target.retryAllNow();
            case INVALIDATE -> target.invalidate();
        }
    }

    private void answered(Call begun, Page page, long oldest) {
        subject.tally().answered();
        referee.seen(begun.target().document(), page, oldest);
        begun.target().answered(begun.drops());
    }

    private void answered(Call begun, CachedResponse response, long oldest) throws FetchException {
        subject.tally().served(response.served());
        referee.served(begun, response);
        answered(begun, page(response), oldest);
        if (!response.stale()) {
            begun.target().fresh();
        }
    }

    private void failed(Call begun, FetchException failure) {
        subject.tally().failed(failure.reason());
        referee.failed(begun, failure);
    }

    private void refreshed(Call begun) throws IOException, InterruptedException {
        long asked = begun.target().document().current();
        CachedResponse response = begun.target().refresh();
        if (response.stale()) {
            referee.broken(begun + " was answered with a stale response");
        }
        answered(begun, response, asked);
    }

    private void peeked(Call begun, long oldest) throws IOException {
        Optional<CachedResponse> peeked = begun.target().peek();
        if (peeked.isPresent()) {
            referee.seen(begun.target().document(), page(peeked.get()), oldest);
        } else if (begun.target().promise() != Promise.NONE && begun.hasStored()) {
            referee.broken(begun + " found nothing, though a response was stored");
        }
    }

    /** Fetches on a thread of its own and interrupts that thread. */
    private void interrupted(Call begun, long oldest) throws InterruptedException {
        Thread asking = Thread.ofVirtual().name("soak-interrupted").start(() -> {
            try {
                answered(begun, begun.target().fetch(), oldest);
            } catch (InterruptedException e) {
                subject.tally().interrupted();
            } catch (FetchException e) {
                failed(begun, e);
            } catch (RuntimeException | Error e) {
                referee.broken(begun + " met " + e);
            }
        });
        Thread.sleep(random.nextInt(LATEST_INTERRUPT_MILLIS));
        asking.interrupt();
        asking.join(); // the watcher reports a call that does not end
    }

    private static Page page(JsonNode tree) {
        return new Page(
                tree.path("path").asString(),
                tree.path("version").asLong(),
                tree.path("pad").asString());
    }

    /**
     * Returns the page of a response, and compares it by its bytes. A body with other bytes is wrong, even if it
     * decodes to the same page.
     */
    private Page page(CachedResponse response) throws FetchException {
        Page page = response.as(Page.class);
        if (!response.text().equals(page.json())) {
            referee.broken(page.path() + " came with other bytes than it was sent with");
        }
        return page;
    }
}
