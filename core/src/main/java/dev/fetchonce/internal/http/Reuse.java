package dev.fetchonce.internal.http;

import org.jspecify.annotations.Nullable;

/** What to do for a request, given what is stored for it (RFC 9111 §4). A pure function. */
public final class Reuse {
    private Reuse() {}

    /** What to do. */
    public sealed interface Decision {}

    /** Answer with the stored response. */
    public record Serve(StoredResponse stored) implements Decision {}

    /** Ask the origin whether the stored response still holds; it is pinned until that flight lands. */
    public record Revalidate(StoredResponse stored) implements Decision {}

    /** Answer with the stored response, and ask the origin whether it still holds meanwhile. */
    public record ServeAndRefresh(StoredResponse stored) implements Decision {}

    /** Ask the origin for it. */
    public record Miss() implements Decision {}

    /**
     * The origin would have to be asked, and must not be.
     *
     * @param gate says why, and until when
     */
    public record Hold(Gate gate) implements Decision {}

    /**
     * When a stored response is renewed before anybody has to wait for that.
     *
     * @param aheadFraction after which fraction of its freshness lifetime; 1 is never
     * @param whileStaleNanos for how long past it, the stale response being served (RFC 5861 §3); 0 is never
     */
    public record Early(double aheadFraction, long whileStaleNanos) {
        /** Whether a fresh response is to be renewed now. */
        public boolean ahead(StoredResponse fresh, long now) {
            return aheadFraction < 1 && fresh.ageNanos(now) >= (long) (fresh.ttlNanos() * aheadFraction);
        }

        private boolean whileStale(StoredResponse stale, long now) {
            return whileStaleNanos > 0 && stale.staleNanos(now) <= whileStaleNanos;
        }
    }

    /**
     * Decides.
     *
     * @param stored what the request selects, or null
     * @param gate what keeps the origin from being asked, or null
     * @param afresh whether the caller wants no answer that was asked for before its call
     * @param now the time on the cache's monotonic clock
     */
    public static Decision decide(
            @Nullable StoredResponse stored, @Nullable Gate gate, Early early, boolean afresh, long now) {
        if (stored != null && !afresh && stored.fresh(now)) {
            return gate == null && early.ahead(stored, now) ? new ServeAndRefresh(stored) : new Serve(stored);
        }
        if (gate != null) {
            return new Hold(gate);
        }
        if (stored == null) {
            return new Miss();
        }
        return !afresh && !stored.negative() && early.whileStale(stored, now)
                ? new ServeAndRefresh(stored)
                : new Revalidate(stored);
    }
}
