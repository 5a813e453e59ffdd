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

/** The backoffs of URLs and of origins, by Fetchonce's own rules. Thread-safe. */
final class AsyncBackoffs {
    private static final BackoffDelay BACKOFF = new BackoffDelay(250_000_000L, 30_000_000_000L);
    private static final int MAXIMUM_PLACES = 10_000;

    private final long overdueNanos;
    private final BackoffStore store;

    /** When the last probe that set off is overdue: each is overdue later than the one before, which is its name. */
    private final AtomicLong lastOverdue = new AtomicLong(System.nanoTime());

    /**
     * Makes a table without backoffs.
     *
     * @param overdueNanos how long a probe may be out before another may go
     */
    AsyncBackoffs(long overdueNanos) {
        this.overdueNanos = overdueNanos;
        this.store = new BackoffStore(MAXIMUM_PLACES, Math.max(BACKOFF.maximumNanos(), overdueNanos), System::nanoTime);
    }

    /** The answer to one who wants to send a request. */
    sealed interface Admission {
        /**
         * It may; {@link #returned} when that has ended.
         *
         * @param probe the name of the probe that it is, if it is one
         */
        record Admitted(long probe) implements Admission {}

        /** It may not. */
        record Refused(BackoffState backoff) implements Admission {}
    }

    /** What keeps anybody from asking now, or null; takes nothing, and locks nothing. */
    @Nullable
    BackoffState inForce(String url, TargetUri target, long now) {
        if (BackoffRule.decide(store.get(url), now) instanceof BackoffRule.Refuse refuse) {
            return refuse.backoff();
        }
        OriginBackoff origin = store.origin(target.origin());
        return origin != null && BackoffRule.decide(origin.backoff(), now) instanceof BackoffRule.Refuse refuse
                ? refuse.backoff()
                : null;
    }

    /** Lets a request through, as the one that goes to look where that is called for. */
    Admission admit(String url, TargetUri target, long now) {
        // Compared by their difference, as a monotonic clock may pass its largest value.
        long name =
                lastOverdue.updateAndGet(last -> last + 1 - (now + overdueNanos) >= 0 ? last + 1 : now + overdueNanos);
        if (store.admit(url, now, name) instanceof BackoffRule.Refuse refuse) {
            return new Admission.Refused(refuse.backoff());
        }
        if (store.admitOrigin(target.origin(), now, name) instanceof BackoffRule.Refuse refuse) {
            store.returned(url, name);
            return new Admission.Refused(refuse.backoff());
        }
        return new Admission.Admitted(name);
    }

    /** The same for a flight that was let through before and has queued since; what it was then, it gives back. */
    Admission admitAgain(Flight flight, long now) {
        if (store.empty()) {
            return new Admission.Admitted(flight.probe());
        }
        returned(flight);
        return admit(flight.url(), flight.target(), now);
    }

    /** Takes note that what was admitted has ended, whatever came of it. */
    void returned(Flight flight) {
        store.returned(flight.url(), flight.probe());
        store.returnedOrigin(flight.target().origin(), flight.probe());
    }

    /**
     * Takes note of a failure.
     *
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds
     * @param stored whether there is an answer to fall back on
     */
    void failed(Flight flight, Failure failure, OptionalLong retryAfter, boolean stored, long now) {
        double u = ThreadLocalRandom.current().nextDouble();
        String url = flight.url();
        store.updateOrigin(
                flight.target().origin(),
                before -> OriginBackoff.failed(before, url, failure, retryAfter, stored, BACKOFF, u, now));
        store.update(url, before -> BackoffRule.failed(before, failure, retryAfter, stored, BACKOFF, u, now));
    }

    /** Takes note of an answer. */
    void answered(Flight flight) {
        store.removeOrigin(flight.target().origin());
        store.remove(flight.url());
    }

    /** Ends the backoff of a URL, as what was stored for it is dropped. */
    void forget(String url) {
        store.remove(url);
    }

    /** The longest that an origin can ask to be left alone, in nanoseconds. */
    static long longestNanos() {
        return BACKOFF.maximumNanos();
    }
}
