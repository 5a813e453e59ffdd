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
 * The backoffs of URLs and of whole origins, by the clock of the cache. {@link BackoffRule} decides; this class holds
 * the states. Thread-safe.
 */
final class Backoffs {
    /** The number of failing URLs and origins that are remembered; a backoff takes a few hundred bytes. */
    private static final int MAXIMUM_PLACES = 10_000;

    private final BackoffStore store;
    private final CacheClock clock;
    private final BackoffDelay delay;
    private final DoubleSupplier random;
    private final long overdueNanos;

    /**
     * The time at which the latest probe is overdue. Each probe has a later time than the one before, and this time is
     * its name.
     */
    private final AtomicLong lastOverdue;

    /**
     * Makes a table without backoffs.
     *
     * @param overdueNanos the time after which a probe that has not returned no longer stops the next one
     * @param random numbers from 0 to 1
     */
    Backoffs(CacheClock clock, BackoffDelay delay, long overdueNanos, DoubleSupplier random) {
        this.store = new BackoffStore(MAXIMUM_PLACES, Math.max(delay.maximumNanos(), overdueNanos), clock::now);
        this.clock = clock;
        this.delay = delay;
        this.random = random;
        this.overdueNanos = overdueNanos;
        this.lastOverdue = new AtomicLong(clock.now());
    }

    /** The answer to a request that wants to be sent. */
    sealed interface Admission {}

    /**
     * The request may be sent; {@link #returned} is called when it has ended.
     *
     * @param probe the name of the probe, if the request is one
     */
    record Admitted(long probe) implements Admission {}

    /** The request may not be sent. */
    record Refused(BackoffState backoff) implements Admission {}

    /** Reports whether backoffs are turned off: without waits, failures are only counted. */
    private boolean off() {
        return delay.maximumNanos() <= 1;
    }

    /** Returns the backoff that forbids the request now, or null; takes no probe. */
    @Nullable
    BackoffState inForce(CacheRequest request) {
        if (off() || store.empty()) {
            return null;
        }
        long now = clock.now();
        if (BackoffRule.decide(store.get(request.key().text()), now) instanceof BackoffRule.Refuse refuse) {
            return refuse.backoff();
        }
        OriginBackoff origin = store.origin(request.target().origin());
        return origin != null && BackoffRule.decide(origin.backoff(), now) instanceof BackoffRule.Refuse refuse
                ? refuse.backoff()
                : null;
    }

    /** Admits or refuses a request; it becomes the probe where the rule calls for one. */
    Admission admit(CacheRequest request) {
        long now = clock.now();
        Admitted admitted = admitUnchecked();
        long overdue = admitted.probe();
        if (off()) {
            return admitted;
        }
        if (store.admit(request.key().text(), now, overdue) instanceof BackoffRule.Refuse refuse) {
            return new Refused(refuse.backoff());
        }
        if (store.admitOrigin(request.target().origin(), now, overdue) instanceof BackoffRule.Refuse refuse) {
            store.returned(request.key().text(), overdue);
            return new Refused(refuse.backoff());
        }
        return admitted;
    }

    /**
     * Admits or refuses a request that was admitted before and has queued since. A backoff may have begun meanwhile.
     * Its wait may also have ended, so that one of the queued requests is the probe. This method first gives back the
     * probe that the request was.
     *
     * @param probe the name under which the request was admitted
     */
    Admission admitAgain(CacheRequest request, long probe) {
        if (store.empty()) {
            return new Admitted(probe);
        }
        returned(request, probe);
        return admit(request);
    }

    /** Admits a request that no backoff applies to; it is no probe. */
    Admitted admitUnchecked() {
        long now = clock.now();
        // Compared by their difference, as a monotonic clock may pass its largest value.
        return new Admitted(
                lastOverdue.updateAndGet(last -> last + 1 - (now + overdueNanos) >= 0 ? last + 1 : now + overdueNanos));
    }

    /** Records that an admitted request has ended, with any outcome. */
    void returned(CacheRequest request, long probe) {
        store.returned(request.key().text(), probe);
        store.returnedOrigin(request.target().origin(), probe);
    }

    /**
     * Records a failure.
     *
     * @param covered whether a stored response stands in for such a failure. If so, the failure counts; otherwise each
     *     call that gets the stored response would send a request
     * @param retryAfter the wait that the origin asked for, in nanoseconds
     * @param stored whether a stored response may stand in
     * @return the backoff of the URL now, or null when there is no backoff and nothing is counted
     */
    @Nullable
    BackoffState failed(
            CacheRequest request, Failure failure, boolean covered, OptionalLong retryAfter, boolean stored) {
        long now = clock.now();
        double u = random.getAsDouble();
        Failure kept = failure.remembered();
        store.updateOrigin(
                request.target().origin(),
                before -> OriginBackoff.failed(before, request.key().url(), kept, retryAfter, stored, delay, u, now));
        return store.update(
                request.key().text(),
                before -> covered && BackoffRule.effect(kept) == BackoffRule.Effect.ENDS_BACKOFF
                        ? BackoffRule.counted(before, kept, retryAfter, stored, delay, u, now)
                        : BackoffRule.failed(before, kept, retryAfter, stored, delay, u, now));
    }

    /**
     * Records an answer, which ends the backoffs of the URL and of the origin.
     *
     * @return the backoff of the URL until now, or null when nothing had failed
     */
    @Nullable
    BackoffState answered(CacheRequest request) {
        store.removeOrigin(request.target().origin());
        return store.remove(request.key().text());
    }

    /** Returns the URLs that have failed, in all partitions. */
    Set<String> urls() {
        return store.urls();
    }

    /** Ends the backoffs of all matching URLs, in all partitions. */
    void removeIf(Predicate<String> urls) {
        store.removeIf(urls);
    }

    /** Returns the backoff of the URL, or null when nothing has failed there. */
    @Nullable
    BackoffState of(CacheRequest request) {
        return store.empty() ? null : store.get(request.key().text());
    }
}
