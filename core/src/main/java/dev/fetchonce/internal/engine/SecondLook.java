package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.store.MemoryStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The look that a fetch takes once its flight is installed: the store may have an answer by now, or a backoff may forbid
 * the request. Thread-safe.
 */
final class SecondLook {
    private final MemoryStore store;
    private final Backoffs backoffs;
    private final CacheClock clock;
    private final double ahead;

    /**
     * Makes the look of one cache.
     *
     * @param ahead the fraction of its freshness lifetime after which a response is renewed
     */
    SecondLook(MemoryStore store, Backoffs backoffs, CacheClock clock, double ahead) {
        this.store = store;
        this.backoffs = backoffs;
        this.clock = clock;
        this.ahead = ahead;
    }

    /** The result of the look. */
    sealed interface Result {}

    /** The fetch needs no request; its waiters decide on this outcome. */
    record Superfluous(FlightOutcome outcome) implements Result {}

    /**
     * The fetch may send its request.
     *
     * @param probe the name of the probe, if the request is one
     */
    record Cleared(Validation validation, long probe) implements Result {
        /** Returns the state of a fetch before its look. */
        static Cleared before(@Nullable StoredResponse pinned) {
            return new Cleared(
                    new Validation(pinned, List.of(), Revalidation.BY_TAG, Revalidation.BY_TAG), Backoffs.NO_PROBE);
        }

        /** Returns the admission with a later validation. */
        Cleared with(Validation later) {
            return new Cleared(later, probe);
        }
    }

    /**
     * Looks for an answer and asks the backoffs.
     *
     * @param key the key under which the flight is installed
     * @param pinned the stored response that the caller found before, or null
     */
    Result look(CacheRequest request, FlightKey key, @Nullable StoredResponse pinned) {
        Lookup lookup = Lookup.of(store, request);
        if (!key.equals(lookup.flightKey(request))) {
            return new Superfluous(new FlightOutcome.Rekeyed());
        }
        StoredResponse stored = lookup.selected();
        long now = clock.now();
        if (request.acceptsRecent() && RecentAttempts.suffice(backoffs, request, lookup, now)) {
            return new Superfluous(new FlightOutcome.Overtaken());
        }
        if (stored != null
                && !request.afresh()
                && Reuse.satisfies(stored, request.demand().directives(), now)
                && !Reuse.ahead(stored, ahead, now)) {
            return new Superfluous(new FlightOutcome.AlreadyStored(stored));
        }
        Validation validation = lookup.validation(pinned);
        return request.callerKind().backsOff()
                ? result(backoffs.admit(request.backoffKey(), now), validation)
                : new Cleared(validation, Backoffs.NO_PROBE);
    }

    /** Asks the backoffs again, for a fetch that has queued since it was admitted; does not look in the store. */
    Result askBackoffsAgain(CacheRequest request, Cleared before) {
        return request.callerKind().backsOff()
                ? result(backoffs.admitAgain(request.backoffKey(), before.probe(), clock.now()), before.validation())
                : before;
    }

    private static Result result(Backoffs.Admission admission, Validation validation) {
        return switch (admission) {
            case Backoffs.Refused refused -> new Superfluous(new FlightOutcome.BackedOff(refused.why()));
            case Backoffs.Admitted admitted -> new Cleared(validation, admitted.probe());
        };
    }

    /** Returns the admission with the responses that are stored now, for a fetch that has queued since. */
    Cleared refreshed(CacheRequest request, Cleared before) {
        return before.with(
                Lookup.of(store, request).validation(before.validation().pinned()));
    }
}
