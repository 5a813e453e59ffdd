package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.ReuseTerms;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The rules that say how a cache answers a request with a stored response (RFC 9111 §4). Pure functions. */
public final class Reuse {
    private Reuse() {}

    /** The decision about a request. */
    public sealed interface Decision {}

    /** The cache answers with the stored response. */
    public record Serve(StoredResponse stored) implements Decision {}

    /** The cache asks the origin, and may validate the stored response. */
    public record Revalidate(StoredResponse stored) implements Decision {}

    /** The cache answers with the stored response, and asks the origin to validate it in the meantime. */
    public record ServeAndRefresh(StoredResponse stored) implements Decision {}

    /** The cache asks the origin for a response. */
    public record Miss() implements Decision {}

    /**
     * The cache would have to ask the origin, but the backoff does not allow it.
     *
     * @param backoff the backoff state, which says why and until when
     */
    public record BackOff(BackoffState backoff) implements Decision {}

    /** The cache would have to ask the origin, but the request does not allow it (RFC 9111 §5.2.1.7). */
    public record Decline() implements Decision {}

    /**
     * The demands of a caller beyond the URL.
     *
     * @param directives the directives of the request
     * @param afresh whether the caller refuses a stored response, unless the last attempt is recent
     * @param recentNanos the age below which the last attempt is recent; 0 for a caller that accepts only a response
     *     that was requested after its call began
     */
    public record Demand(RequestDirectives directives, boolean afresh, long recentNanos) {
        /** No demands. */
        public static final Demand NONE = new Demand(RequestDirectives.NONE, false);

        /** Makes demands by which no attempt before the call is recent. */
        public Demand(RequestDirectives directives, boolean afresh) {
            this(directives, afresh, 0);
        }

        /**
         * Returns the demand for a response that is not the stored one, unless the last attempt is younger than this.
         *
         * @param recentNanos zero or more
         */
        public static Demand afresh(long recentNanos) {
            return new Demand(RequestDirectives.NONE, true, recentNanos);
        }

        /** Returns this demand with the directives of a request. A no-cache in them outweighs a recent attempt. */
        public Demand with(RequestDirectives those) {
            return new Demand(those, afresh || those.noCache(), those.noCache() ? 0 : recentNanos);
        }

        /**
         * Returns the demands of these directives. A reload has no-cache: it accepts neither a stored response nor one
         * of an earlier request.
         */
        public static Demand of(RequestDirectives directives) {
            return new Demand(directives, directives.noCache());
        }
    }

    /**
     * Returns the decision about a request.
     *
     * @param stored the response that the request selects, or null
     * @param backoff the backoff state that prevents a fetch, or null
     * @param ahead the fraction of its freshness lifetime after which a response is renewed; 1 is never
     * @param now the time on the cache's monotonic clock
     */
    public static Decision decide(
            @Nullable StoredResponse stored, @Nullable BackoffState backoff, double ahead, Demand demand, long now) {
        if (stored != null && !demand.afresh()) {
            if (satisfies(stored, demand.directives(), now)) {
                return backoff == null && ahead(stored, ahead, now) ? new ServeAndRefresh(stored) : new Serve(stored);
            }
            if (backoff == null && whileRevalidated(stored, demand.directives(), now)) {
                return new ServeAndRefresh(stored);
            }
        }
        if (demand.directives().onlyIfCached()) {
            return new Decline();
        }
        if (backoff != null) {
            return new BackOff(backoff);
        }
        return stored == null ? new Miss() : new Revalidate(stored);
    }

    /** Reports whether the cache renews a fresh response now, before a caller has to wait for that. */
    public static boolean ahead(StoredResponse fresh, double fraction, long now) {
        return fraction < 1 && !fresh.terms().immutable() && fresh.ageNanos(now) >= renewalAge(fresh, fraction);
    }

    /** Returns the age from which the cache renews a response, before or at the end of its freshness. */
    public static long renewalAge(StoredResponse stored, double fraction) {
        long lifetime = stored.lifetimeNanos();
        return fraction < 1 && !stored.terms().immutable() ? (long) (lifetime * fraction) : lifetime;
    }

    /**
     * Reports whether a cache may use a response without validation for a request with these directives. A fresh
     * response must be fresh enough for the request; a stale one must not be more stale than the request allows (RFC
     * 9111 §5.2.1.1 to §5.2.1.3). A request's max-age only restricts.
     */
    public static boolean satisfies(StoredResponse stored, RequestDirectives wanted, long now) {
        return satisfies(stored, stored.ageNanos(now), wanted);
    }

    private static boolean satisfies(StoredResponse stored, long age, RequestDirectives wanted) {
        ReuseTerms terms = stored.terms();
        long left = stored.lifetimeNanos() - age;
        boolean reloaded =
                wanted.maxAge().orElse(1) == 0 && terms.immutable(); // RFC 8246 §2: the response has not changed
        long mine = wanted.maxAge().isEmpty() || reloaded
                ? Long.MAX_VALUE
                : nanos(wanted.maxAge().getAsLong()) - age;
        long staleness = Math.max(nanos(wanted.minFresh().orElse(0)) - left, -mine);
        boolean fresh = left > 0 && staleness <= 0;
        boolean permitted = wanted.maxStale().isPresent() && (left > 0 || terms.mayBeStale());
        return fresh || (permitted && staleness <= nanos(wanted.maxStale().getAsLong()));
    }

    /**
     * Reports whether the response of one request may answer another request that waited for it, as of its time of
     * receipt (RFC 9111 §4). The response delay does not count: otherwise each waiter would ask a slow origin again.
     */
    public static boolean shared(StoredResponse landed, RequestDirectives wanted) {
        long age = landed.statedAgeNanos();
        return switch (landed.terms().sharing()) {
            case ALWAYS ->
                wanted.maxAge().isEmpty() || age <= nanos(wanted.maxAge().getAsLong());
            case WHILE_FRESH -> satisfies(landed, age, wanted);
            case NEVER -> false;
        };
    }

    private static boolean whileRevalidated(StoredResponse stored, RequestDirectives wanted, long now) {
        boolean demanding = wanted.maxAge().isPresent() || wanted.minFresh().isPresent();
        long window = stored.terms().whileRevalidateNanos();
        return !demanding
                && !stored.negative()
                && stored.terms().mayBeStale()
                && window > 0
                && stored.staleNanos(now) <= window;
    }

    private static long nanos(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /**
     * Returns the stored response if it may stand in for a failed fetch; else null. Unless its use has no end, it needs
     * a window for errors, or one for stale use, that has not ended. The windows count from the end of its own
     * freshness: failures do not prolong them.
     *
     * @param wanted the window of the request, in nanoseconds (RFC 5861 §4)
     */
    public static @Nullable StoredResponse standIn(@Nullable StoredResponse stored, long wanted, long now) {
        if (stored == null || !stored.terms().mayBeStale()) {
            return null;
        }
        if (stored.terms().unending()) {
            return stored;
        }
        long own = Math.max(stored.terms().ifErrorNanos(), stored.terms().whileRevalidateNanos());
        long window = Math.max(own, wanted);
        return window > 0 && stored.staleNanos(now) <= window ? stored : null;
    }
}
