package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import dev.fetchonce.internal.store.BackoffStore;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask where something has failed: the gates of URLs and of whole origins together, by the cache's clock.
 * {@link BackoffRule} decides; here is what remembers. Thread-safe.
 */
final class Backoffs {
    /** So many places that fail are remembered; a gate takes a few hundred bytes. */
    private static final int MAXIMUM_PLACES = 10_000;

    private final BackoffStore store;
    private final CacheClock clock;
    private final BackoffDelay backoff;
    private final DoubleSupplier random;
    private final long overdueNanos;

    /** When the last probe that set off is overdue: each is overdue later than the one before, which is its name. */
    private final AtomicLong lastOverdue;

    /**
     * Makes gates that are all open.
     *
     * @param overdueNanos how long a probe may be out before another may go
     * @param random numbers from 0 to 1
     */
    Backoffs(CacheClock clock, BackoffDelay backoff, long overdueNanos, DoubleSupplier random) {
        this.store = new BackoffStore(MAXIMUM_PLACES, Math.max(backoff.maximumNanos(), overdueNanos), clock::now);
        this.clock = clock;
        this.backoff = backoff;
        this.random = random;
        this.overdueNanos = overdueNanos;
        this.lastOverdue = new AtomicLong(clock.now());
    }

    /** The answer to one who wants to send a request. */
    sealed interface Entry {}

    /**
     * It may; {@link #returned} when that has ended.
     *
     * @param probe the name of the probe that it is, if it is one
     */
    record Admitted(long probe) implements Entry {}

    /** It may not. */
    record Held(BackoffState gate) implements Entry {}

    /** Without waits there are no gates: what fails is only counted. */
    private boolean off() {
        return backoff.maximumNanos() <= 1;
    }

    /** What keeps this question from being asked now, or null; takes nothing. */
    @Nullable
    BackoffState closed(CacheRequest ask) {
        if (off() || store.empty()) {
            return null;
        }
        long now = clock.now();
        if (BackoffRule.decide(store.get(ask.key().text()), now) instanceof BackoffRule.Closed closed) {
            return closed.gate();
        }
        OriginBackoff origin = store.origin(ask.target().origin());
        return origin != null && BackoffRule.decide(origin.gate(), now) instanceof BackoffRule.Closed closed
                ? closed.gate()
                : null;
    }

    /** Lets a request through, as the one that goes to look where that is called for. */
    Entry enter(CacheRequest ask) {
        long now = clock.now();
        Admitted admitted = pass();
        long overdue = admitted.probe();
        if (off()) {
            return admitted;
        }
        if (store.ask(ask.key().text(), now, overdue) instanceof BackoffRule.Closed closed) {
            return new Held(closed.gate());
        }
        if (store.askOrigin(ask.target().origin(), now, overdue) instanceof BackoffRule.Closed closed) {
            store.returned(ask.key().text(), overdue);
            return new Held(closed.gate());
        }
        return admitted;
    }

    /**
     * Lets a request through that was admitted before and has queued since: a gate may have closed meanwhile, or its wait may
     * have ended, so that one of all that queue is the probe. What it was before is given back.
     *
     * @param probe the name under which it was admitted
     */
    Entry enterAgain(CacheRequest ask, long probe) {
        if (store.empty()) {
            return new Admitted(probe);
        }
        returned(ask, probe);
        return enter(ask);
    }

    /** Lets a request through that no gate keeps back; it is no probe. */
    Admitted pass() {
        long now = clock.now();
        // Compared by their difference, as a monotonic clock may pass its largest value.
        return new Admitted(
                lastOverdue.updateAndGet(last -> last + 1 - (now + overdueNanos) >= 0 ? last + 1 : now + overdueNanos));
    }

    /** Takes note that what was admitted has ended, whatever came of it. */
    void returned(CacheRequest ask, long probe) {
        store.returned(ask.key().text(), probe);
        store.returnedOrigin(ask.target().origin(), probe);
    }

    /**
     * Takes note of a failure.
     *
     * @param covered whether a stored answer stands in for such a failure: then it counts, or each call that is served one
     *     would send a request
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds
     * @param stored whether there is an answer to fall back on
     * @return the URL's gate now, or null when it is open and nothing is counted
     */
    @Nullable
    BackoffState failed(CacheRequest ask, Failure failure, boolean covered, OptionalLong retryAfter, boolean stored) {
        long now = clock.now();
        double u = random.getAsDouble();
        Failure kept = failure.remembered();
        store.updateOrigin(
                ask.target().origin(),
                before -> OriginBackoff.failed(before, ask.key().url(), kept, retryAfter, stored, backoff, u, now));
        return store.update(
                ask.key().text(),
                before -> covered && BackoffRule.effect(kept) == BackoffRule.Effect.OPENS
                        ? BackoffRule.counted(before, kept, retryAfter, stored, backoff, u, now)
                        : BackoffRule.failed(before, kept, retryAfter, stored, backoff, u, now));
    }

    /**
     * Takes note of an answer: opens the gates.
     *
     * @return the URL's gate until now, or null when nothing had failed
     */
    @Nullable
    BackoffState answered(CacheRequest ask) {
        store.openOrigin(ask.target().origin());
        return store.open(ask.key().text());
    }

    /** The URLs that have failed, whatever the partition. */
    Set<String> urls() {
        return store.urls();
    }

    /** Opens the gates of all such URLs, whatever the partition. */
    void forgetIf(Predicate<String> urls) {
        store.openIf(urls);
    }

    /** The URL's gate, or null when nothing has failed there. */
    @Nullable
    BackoffState of(CacheRequest ask) {
        return store.empty() ? null : store.get(ask.key().text());
    }
}
