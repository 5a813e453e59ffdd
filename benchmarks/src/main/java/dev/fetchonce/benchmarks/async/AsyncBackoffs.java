package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.store.BackoffStore;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The backoff of URLs and of origins, by Fetchonce's own rules. It decides whether a request may go out after failures.
 * Thread-safe.
 */
final class AsyncBackoffs {
    private static final BackoffDelay BACKOFF = new BackoffDelay(250_000_000L, 30_000_000_000L);
    private static final int MAXIMUM_PLACES = 10_000;

    private final long overdueNanos;
    private final BackoffStore store;

    /**
     * The time at which the last probe is overdue. Each probe is overdue later than the one before, so this time is
     * also its name.
     */
    private final AtomicLong lastOverdue = new AtomicLong(System.nanoTime());

    /**
     * Makes a table without any backoff.
     *
     * @param overdueNanos how long a probe may be out before another may go
     */
    AsyncBackoffs(long overdueNanos) {
        this.overdueNanos = overdueNanos;
        this.store = new BackoffStore(MAXIMUM_PLACES, Math.max(BACKOFF.maximumNanos(), overdueNanos), System::nanoTime);
    }

    /** The answer to a flight that wants to send a request. */
    sealed interface Admission {
        /**
         * The flight may send its request. It calls {@link #returned} when the request has ended.
         *
         * @param probe the name of the probe, if the request is one
         */
        record Admitted(long probe) implements Admission {}

        /** A backoff keeps the request back. */
        record Refused(BackoffState backoff) implements Admission {}
    }

    /** Returns the backoff that keeps requests back now, or null. Takes no probe and locks nothing. */
    @Nullable
    BackoffState inForce(String url, TargetUri target, long now) {
        if (BackoffRule.decide(store.keys().get(url), now) instanceof BackoffRule.Refuse refuse) {
            return refuse.backoff();
        }
        OriginBackoff origin = store.origins().get(target.origin());
        return origin != null && BackoffRule.decide(origin.backoff(), now) instanceof BackoffRule.Refuse refuse
                ? refuse.backoff()
                : null;
    }

    /** Asks for leave to send a request. When a backoff has ended, the request is its probe. */
    Admission admit(String url, TargetUri target, long now) {
        // The two times are compared by their difference, because a monotonic clock may overflow.
        long name =
                lastOverdue.updateAndGet(last -> last + 1 - (now + overdueNanos) >= 0 ? last + 1 : now + overdueNanos);
        if (store.keys().admit(url, now, name) instanceof BackoffRule.Refuse refuse) {
            return new Admission.Refused(refuse.backoff());
        }
        if (store.origins().admit(target.origin(), now, name) instanceof BackoffRule.Refuse refuse) {
            store.keys().returned(url, name);
            return new Admission.Refused(refuse.backoff());
        }
        return new Admission.Admitted(name);
    }

    /**
     * Asks again for leave on behalf of a flight that was admitted and has queued since. The flight first gives back
     * the probe that it had.
     */
    Admission admitAgain(Flight flight, long now) {
        if (store.empty()) {
            return new Admission.Admitted(flight.probe());
        }
        returned(flight);
        return admit(flight.url(), flight.target(), now);
    }

    /** Records that an admitted request has ended, well or badly. */
    void returned(Flight flight) {
        store.keys().returned(flight.url(), flight.probe());
        store.origins().returned(flight.target().origin(), flight.probe());
    }

    /**
     * Records a failure.
     *
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds
     * @param stored whether there is an answer to fall back on
     */
    void failed(Flight flight, Failure failure, OptionalLong retryAfter, boolean stored, long now) {
        double u = ThreadLocalRandom.current().nextDouble();
        String url = flight.url();
        store.origins()
                .update(
                        flight.target().origin(),
                        before -> OriginBackoff.failed(before, url, failure, retryAfter, stored, BACKOFF, u, now));
        store.keys().update(url, before -> BackoffRule.failed(before, failure, retryAfter, stored, BACKOFF, u, now));
    }

    /** Records an answer. */
    void answered(Flight flight) {
        store.origins().remove(flight.target().origin());
        store.keys().remove(flight.url());
    }

    /** Ends the backoff of a URL whose stored response is dropped. */
    void forget(String url) {
        store.keys().remove(url);
    }

    /** Returns the longest time for which an origin can ask to be left alone, in nanoseconds. */
    static long longestNanos() {
        return BACKOFF.maximumNanos();
    }
}
