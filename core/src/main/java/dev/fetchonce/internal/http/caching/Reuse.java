package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.ReuseTerms;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What to do for a request, given what is stored for it (RFC 9111 §4). Pure functions. */
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
    public record Hold(BackoffState gate) implements Decision {}

    /** The origin would have to be asked, and the caller does not want that (RFC 9111 §5.2.1.7). */
    public record Decline() implements Decision {}

    /**
     * What a caller asks for beyond the URL.
     *
     * @param directives of its request
     * @param afresh whether it wants no answer that was asked for before its call
     */
    public record Demand(RequestDirectives directives, boolean afresh) {
        /** Nothing. */
        public static final Demand NONE = new Demand(RequestDirectives.NONE, false);

        /** What a request's directives ask for: a reload is one that refuses whatever is stored, or was asked for before. */
        public static Demand of(RequestDirectives directives) {
            return new Demand(directives, directives.noCache());
        }
    }

    /**
     * Decides.
     *
     * @param stored what the request selects, or null
     * @param gate what keeps the origin from being asked, or null
     * @param ahead after which fraction of its freshness lifetime a response is renewed; 1 is never
     * @param now the time on the cache's monotonic clock
     */
    public static Decision decide(
            @Nullable StoredResponse stored, @Nullable BackoffState gate, double ahead, Demand demand, long now) {
        if (stored != null && !demand.afresh()) {
            if (satisfies(stored, demand.directives(), now)) {
                return gate == null && ahead(stored, ahead, now) ? new ServeAndRefresh(stored) : new Serve(stored);
            }
            if (gate == null && whileRevalidated(stored, demand.directives(), now)) {
                return new ServeAndRefresh(stored);
            }
        }
        if (demand.directives().onlyIfCached()) {
            return new Decline();
        }
        if (gate != null) {
            return new Hold(gate);
        }
        return stored == null ? new Miss() : new Revalidate(stored);
    }

    /** Whether a fresh response is to be renewed now, before anybody has to wait for that. */
    public static boolean ahead(StoredResponse fresh, double fraction, long now) {
        return fraction < 1 && !fresh.terms().immutable() && fresh.ageNanos(now) >= renewalAge(fresh, fraction);
    }

    /** The age from which a response is renewed, ahead of the end of its freshness or at it. */
    public static long renewalAge(StoredResponse stored, double fraction) {
        long lifetime = stored.lifetimeNanos();
        return fraction < 1 && !stored.terms().immutable() ? (long) (lifetime * fraction) : lifetime;
    }

    /**
     * Whether a response may be used as it is for a request with these directives: fresh, and fresh enough for it, or no
     * more stale than it allows (RFC 9111 §5.2.1.1 to §5.2.1.3). A request's max-age only restricts.
     */
    public static boolean satisfies(StoredResponse stored, RequestDirectives wanted, long now) {
        return satisfies(stored, stored.ageNanos(now), wanted);
    }

    private static boolean satisfies(StoredResponse stored, long age, RequestDirectives wanted) {
        ReuseTerms terms = stored.terms();
        long left = stored.lifetimeNanos() - age;
        boolean reloaded = wanted.maxAge().orElse(1) == 0 && terms.immutable(); // RFC 8246 §2: it has not changed
        long mine = wanted.maxAge().isEmpty() || reloaded
                ? Long.MAX_VALUE
                : nanos(wanted.maxAge().getAsLong()) - age;
        long staleness = Math.max(nanos(wanted.minFresh().orElse(0)) - left, -mine);
        boolean fresh = left > 0 && staleness <= 0;
        boolean permitted = wanted.maxStale().isPresent() && (left > 0 || terms.mayBeStale());
        return fresh || (permitted && staleness <= nanos(wanted.maxStale().getAsLong()));
    }

    /**
     * Whether a response that came for one request may be the answer of another one that waited for it, by the moment it
     * came (RFC 9111 §4). The time that it was under way does not count: else an origin that is slow would be asked by each
     * of them.
     */
    public static boolean shared(StoredResponse landed, RequestDirectives wanted) {
        long age = landed.toldAgeNanos();
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
     * The stored response if it may stand in for a failed fetch: if it has a window for that, or one in which it may be
     * served stale anyway, and that has not ended; else null. The windows count from the time its own freshness ended:
     * failures do not prolong them.
     *
     * @param wanted a window that the request brings, in nanoseconds (RFC 5861 §4)
     */
    public static @Nullable StoredResponse standIn(@Nullable StoredResponse stored, long wanted, long now) {
        if (stored == null || !stored.terms().mayBeStale()) {
            return null;
        }
        long own = Math.max(stored.terms().ifErrorNanos(), stored.terms().whileRevalidateNanos());
        long window = Math.max(own, wanted);
        return window > 0 && stored.staleNanos(now) <= window ? stored : null;
    }
}
