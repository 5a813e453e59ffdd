package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import dev.fetchonce.internal.store.BackoffStore;
import java.time.Instant;
import java.util.Optional;
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

    /**
     * Reports whether a backoff may forbid the request. Without waits, backoffs are turned off and failures are only
     * counted.
     */
    private boolean governs(CacheRequest request) {
        return delay.maximumNanos() > 1
                && !store.empty()
                && request.callerKind().backsOff();
    }

    /**
     * Returns the backoff that forbids the request now, or null; takes no probe. No backoff forbids a request of a kind
     * of caller that does not back off.
     */
    @Nullable
    BackoffState inForce(CacheRequest request) {
        if (!governs(request)) {
            return null;
        }
        long now = clock.now();
        if (BackoffRule.decide(store.keys().get(request.key().text()), now) instanceof BackoffRule.Refuse refuse) {
            return refuse.backoff();
        }
        OriginBackoff origin = store.origins().get(request.target().origin());
        return origin != null && BackoffRule.decide(origin.backoff(), now) instanceof BackoffRule.Refuse refuse
                ? refuse.backoff()
                : null;
    }

    /**
     * Admits or refuses a request; it becomes the probe where the rule calls for one. A kind of caller that does not back
     * off is always admitted, and is no probe.
     */
    Admission admit(CacheRequest request, long now) {
        Admitted admitted = new Admitted(name(now));
        long overdue = admitted.probe();
        if (!governs(request)) {
            return admitted;
        }
        if (store.keys().admit(request.key().text(), now, overdue) instanceof BackoffRule.Refuse refuse) {
            return new Refused(refuse.backoff());
        }
        if (store.origins().admit(request.target().origin(), now, overdue) instanceof BackoffRule.Refuse refuse) {
            store.keys().returned(request.key().text(), overdue);
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
    Admission admitAgain(CacheRequest request, long probe, long now) {
        if (!governs(request)) {
            return new Admitted(probe);
        }
        returned(request, probe);
        return admit(request, now);
    }

    /** Returns a new name for a probe: the time at which it is overdue, or a later time. */
    private long name(long now) {
        // Compared by their difference, as a monotonic clock may pass its largest value.
        return lastOverdue.updateAndGet(last -> last + 1 - (now + overdueNanos) >= 0 ? last + 1 : now + overdueNanos);
    }

    /** Records that an admitted request has ended, with any outcome. */
    void returned(CacheRequest request, long probe) {
        store.keys().returned(request.key().text(), probe);
        store.origins().returned(request.target().origin(), probe);
    }

    /**
     * Records the end of an admitted request.
     *
     * @return the backoff of the URL: for a failure the backoff from now on, for an answer the backoff until now; null
     *     when there is no such backoff
     */
    @Nullable
    BackoffState landed(CacheRequest request, long probe, BackoffUpdate update, long now) {
        if (store.empty() && !(update instanceof BackoffUpdate.Failed)) {
            return null;
        }
        BackoffState backoff = switch (update) {
            case BackoffUpdate.Answered answered -> {
                store.origins().remove(request.target().origin());
                yield store.keys().remove(request.key().text());
            }
            case BackoffUpdate.Failed failed -> failed(request, failed, now);
            case BackoffUpdate.Unchanged unchanged -> null;
        };
        returned(request, probe);
        return backoff;
    }

    private @Nullable BackoffState failed(CacheRequest request, BackoffUpdate.Failed failed, long now) {
        double u = random.getAsDouble();
        Failure kept = failed.failure().remembered();
        store.origins()
                .update(
                        request.target().origin(),
                        before -> OriginBackoff.failed(
                                before,
                                request.key().url(),
                                kept,
                                failed.retryAfter(),
                                failed.stored(),
                                delay,
                                u,
                                now));
        return store.keys()
                .update(
                        request.key().text(),
                        before -> failed.covered() && BackoffRule.effect(kept) == BackoffRule.Effect.ENDS_BACKOFF
                                ? BackoffRule.counted(before, kept, failed.retryAfter(), failed.stored(), delay, u, now)
                                : BackoffRule.failed(
                                        before, kept, failed.retryAfter(), failed.stored(), delay, u, now));
    }

    /** Returns the URLs that have failed, in all partitions. */
    Set<String> urls() {
        return store.urls();
    }

    /** Ends the backoffs of all matching URLs, in all partitions. */
    void removeIf(Predicate<String> urls) {
        store.removeIf(urls);
    }

    /**
     * The outlook of a caller on the next request.
     *
     * @param consecutiveFailures the number of consecutive failures of the URL
     * @param nextAttempt the earliest time at which a request is allowed, on the wall clock; empty when it is allowed
     *     now
     */
    record Outlook(int consecutiveFailures, Optional<Instant> nextAttempt) {
        /** The outlook where nothing has failed. */
        static final Outlook CLEAR = new Outlook(0, Optional.empty());
    }

    /** Returns the outlook of a caller of this URL; {@link Outlook#CLEAR} where nothing has failed. */
    Outlook outlook(CacheRequest request) {
        if (store.empty()) {
            return Outlook.CLEAR;
        }
        BackoffState backoff = store.keys().get(request.key().text());
        BackoffState inForce = inForce(request);
        long now = clock.now();
        long left = inForce == null ? 0 : inForce.earliest().orElse(now) - now;
        return new Outlook(
                backoff == null ? 0 : backoff.failures(),
                left <= 0 ? Optional.empty() : Optional.of(clock.instant().plusNanos(left)));
    }
}
