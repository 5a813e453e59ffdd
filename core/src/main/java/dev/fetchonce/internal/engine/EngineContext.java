package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.concurrent.Interner;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import dev.fetchonce.internal.origin.BufferAllowance;
import dev.fetchonce.internal.origin.Origin;
import dev.fetchonce.internal.origin.OriginClient;
import dev.fetchonce.internal.origin.OriginPermits;
import dev.fetchonce.internal.origin.UserCode;
import dev.fetchonce.internal.origin.UserCodeException;
import dev.fetchonce.internal.origin.UserCodeFailures;
import dev.fetchonce.internal.store.LoggedObstacles;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.PassMarkers;
import java.lang.reflect.Type;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the engine and its flights act through. */
record EngineContext(
        CachePolicy policy,
        CacheClock clock,
        MemoryStore store,
        Interner oneOfEach,
        PassMarkers passes,
        LoggedObstacles remarks,
        Backoffs backoffs,
        OriginPermits permits,
        Origin origin,
        JsonBinder binder,
        UserCodeFailures faults,
        Counters counters,
        FlightTable<FlightKey, FlightOutcome> flights) {
    /**
     * Makes them, with nothing stored.
     *
     * @param flights with none up
     * @param storeBytes what stored responses may take
     */
    static EngineContext of(
            CachePolicy policy,
            Limits limits,
            OriginClient client,
            ContentCodings codings,
            CacheClock clock,
            JsonBinder binder,
            FlightTable<FlightKey, FlightOutcome> flights,
            long storeBytes) {
        return new EngineContext(
                policy,
                clock,
                new MemoryStore(storeBytes, clock.now()),
                new Interner(),
                new PassMarkers(),
                new LoggedObstacles(),
                new Backoffs(clock, policy.trouble().backoff(), overdue(policy), Math::random),
                new OriginPermits(limits.connectionsPerOrigin()),
                new Origin(
                        client,
                        limits.maximumBodyBytes(),
                        new BufferAllowance(limits.maximumBytes()),
                        codings,
                        policy.timeout()),
                binder,
                new UserCodeFailures(),
                new Counters(),
                flights);
    }

    /** A probe that is out for longer than anything it does may take is no longer waited for. */
    private static long overdue(CachePolicy policy) {
        return Deadline.nanosOf(policy.timeout().plus(policy.patience()));
    }

    /**
     * A response's value of this type, decoded now if it has not been before.
     *
     * @param patience the longest wait for another thread that decodes it
     * @throws UndecodableException when the body is not JSON or not of that type; remembered like a value
     * @throws ContentCodings.CodingException when its content codings cannot be undone; remembered as well
     * @throws TimeoutException when patience ended first
     */
    Object decoded(StoredResponse response, Type type, Deadline patience)
            throws UndecodableException, ContentCodings.CodingException, InterruptedException, TimeoutException {
        var representation = response.representation();
        String place = response.url() + " " + type.getTypeName();
        try {
            Object decoded = representation
                    .forms()
                    .get(
                            type,
                            () -> {
                                byte[] content = representation.content();
                                Object value = binder.bind(content, representation.contentType(), type);
                                representation.decoded(JsonBinder.weight(content.length, type, value));
                                return value;
                            },
                            patience);
            faults.worked(place);
            return decoded;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UndecodableException undecodable) {
                faults.struck(place, response.undecodable(undecodable));
                throw undecodable;
            }
            if (e.getCause() instanceof ContentCodings.CodingException uncodable) {
                faults.struck(place, response.uncodable(uncodable));
                throw uncodable;
            }
            throw new IllegalStateException("decoding failed without saying how", e);
        }
    }

    /** What of a response to this question is stored: all that others that are stored have as well is theirs. */
    StoredResponse stored(CacheRequest ask, StoredResponse response) {
        return policy.aging().stored(ask, response).sharing(oneOfEach);
    }

    /**
     * Whether such a failure leaves the stored response in use, as the application decided.
     *
     * @throws UserCodeException when its code throws
     */
    boolean covers(Failure failure) {
        return UserCode.called(
                "staleIfStatus",
                () -> FailureRule.covers(failure, policy.trouble().staleIfStatus()));
    }

    /** For how long a response can be of use from the moment it came, in nanoseconds. */
    long kept(StoredResponse response) {
        return Math.max(
                response.life().usefulNanos(Deadline.LONGEST), policy.aging().keptForValidation());
    }

    /**
     * Why a stored response is none for who asks: it wants the content, and the codings of that cannot be undone. The client,
     * to which a body is bytes, may have had it stored. Null where it is one.
     */
    @Nullable
    Failure unreadable(CacheRequest ask, StoredResponse stored) {
        ContentCodings.CodingException why = ask.face() == CallerKind.VALUE_API && stored.success()
                ? stored.representation().unreadable()
                : null;
        return why == null ? null : stored.uncodable(why);
    }

    /** What is stored, if it may stand in for an answer to this question that cannot be had, or null. */
    @Nullable
    StoredResponse usable(@Nullable StoredResponse stored, CacheRequest ask) {
        long wanted = TimeUnit.SECONDS.toNanos(
                ask.demand().directives().staleIfError().orElse(0));
        StoredResponse usable = stored == null || stored.negative() ? null : Reuse.standIn(stored, wanted, clock.now());
        return usable == null || unreadable(ask, usable) != null ? null : usable;
    }
}
