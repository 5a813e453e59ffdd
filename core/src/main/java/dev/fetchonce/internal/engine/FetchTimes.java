package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.LearnedTimeouts;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.failure.AdaptiveTimeout;
import dev.fetchonce.internal.http.failure.ExchangeLimit;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.OriginPermits;
import dev.fetchonce.internal.origin.Overtime;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The times of the exchanges of one cache. {@link AdaptiveTimeout} decides; this class knows what the exchanges of each
 * URL have taught, and which fetches go on past the usual time. Thread-safe.
 */
final class FetchTimes {
    /** The number of slow URLs that are remembered; each takes a few hundred bytes. */
    private static final int MAXIMUM_URLS = 10_000;

    private final AdaptiveTimeout rule;
    private final ExchangeLimit usual;
    private final CacheClock clock;
    private final OriginPermits permits;
    private final LearnedTimeouts learned = new LearnedTimeouts(MAXIMUM_URLS);

    FetchTimes(AdaptiveTimeout rule, CacheClock clock, OriginPermits permits) {
        this.rule = rule;
        this.usual = rule.limit(true, OptionalLong.empty());
        this.clock = clock;
        this.permits = permits;
    }

    /**
     * Returns the time of the exchanges of a fetch, which begins now. The request alone sets the time where its kind of
     * caller demands it.
     *
     * @param usualDeadline the usual deadline of the exchanges
     * @param pinned the stored response that the fetch validates, or null
     */
    FetchTime of(CacheRequest request, Flight<?> flight, Deadline usualDeadline, @Nullable StoredResponse pinned) {
        if (request.callerKind().exchanges()) {
            ExchangeLimit own = new ExchangeLimit(Deadline.nanosOf(request.timeout()), ExchangeLimit.Bound.REQUEST);
            return new FetchTime(flight, usualDeadline, own, own, null, null);
        }
        String text = request.key().text();
        ExchangeLimit longest = limit(request, pinned, learned.get(text));
        Overtime overtime = longest.nanos() > usual.nanos()
                ? permits.overtime(request.target().origin())
                : null;
        return new FetchTime(flight, usualDeadline, usual, longest, overtime, new Lessons(text));
    }

    /**
     * Returns the limit of the exchanges. A response that is too old to stand in when that time has passed does not
     * count as one that can stand in.
     */
    private ExchangeLimit limit(CacheRequest request, @Nullable StoredResponse pinned, OptionalLong known) {
        if ((pinned != null || request.seed() != null) && !request.afresh()) {
            ExchangeLimit limit = rule.limit(true, known);
            if (request.usable(pinned, clock.now() + limit.nanos()) != null) {
                return limit;
            }
        }
        return rule.limit(false, known);
    }

    /** The lessons of the exchanges for one key. */
    final class Lessons {
        private final String text;

        private Lessons(String text) {
            this.text = text;
        }

        /** Records that an exchange had this time in vain, in nanoseconds. */
        void timedOut(long had) {
            learned.put(text, rule.afterTimeout(learned.get(text), had));
        }

        /** Records that a complete response took this time, in nanoseconds. */
        void answered(long took) {
            learned.put(text, rule.afterResponse(took));
        }
    }
}
