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

/** The parts that the engine and its flights share. */
record EngineContext(
        CachePolicy policy,
        CacheClock clock,
        MemoryStore store,
        Interner interner,
        PassMarkers passes,
        LoggedObstacles loggedObstacles,
        Backoffs backoffs,
        OriginPermits permits,
        Origin origin,
        JsonBinder binder,
        UserCodeFailures userCodeFailures,
        Counters counters,
        FlightTable<FlightKey, FlightOutcome> flights) {
    /**
     * Makes the parts, with an empty store.
     *
     * @param flights the flight table, which is empty
     * @param storeBytes the bound on the stored responses, in bytes
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
                new Backoffs(clock, policy.failurePolicy().delay(), overdue(policy), Math::random),
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

    /** Returns the time after which a probe is overdue: the longest time that any of its actions may take. */
    private static long overdue(CachePolicy policy) {
        return Deadline.nanosOf(policy.timeout().plus(policy.patience()));
    }

    /**
     * Returns the response decoded to this type; decodes it now if no call has done so before.
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
            userCodeFailures.succeeded(place);
            return decoded;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UndecodableException undecodable) {
                userCodeFailures.failed(place, response.undecodable(undecodable));
                throw undecodable;
            }
            if (e.getCause() instanceof ContentCodings.CodingException uncodable) {
                userCodeFailures.failed(place, response.uncodable(uncodable));
                throw uncodable;
            }
            throw new IllegalStateException("decoding failed for an unknown reason", e);
        }
    }

    /** Returns the form of the response that is stored; it shares equal parts with other stored responses. */
    StoredResponse stored(CacheRequest request, StoredResponse response) {
        return policy.freshnessPolicy().stored(request, response).sharing(interner);
    }

    /**
     * Returns whether the stored response stays in use after such a failure, by decision of the application.
     *
     * @throws UserCodeException when its code throws
     */
    boolean covers(Failure failure) {
        return UserCode.called(
                "staleIfStatus",
                () -> FailureRule.covers(failure, policy.failurePolicy().staleIfStatus()));
    }

    /** Returns how long a response can be of use after its arrival, in nanoseconds. */
    long kept(StoredResponse response) {
        return Math.max(
                response.validity().usefulNanos(Deadline.LONGEST),
                policy.freshnessPolicy().keptForValidation());
    }

    /**
     * Returns why a stored response cannot answer this request, or null when it can. The request wants the content,
     * and the content codings cannot be undone. The client takes a body as bytes, so it may have had such a response
     * stored.
     */
    @Nullable
    Failure unreadable(CacheRequest request, StoredResponse stored) {
        ContentCodings.CodingException why = request.callerKind() == CallerKind.VALUE_API && stored.success()
                ? stored.representation().unreadable()
                : null;
        return why == null ? null : stored.uncodable(why);
    }

    /** Returns the stored response if it may stand in for an answer that cannot be had, or null. */
    @Nullable
    StoredResponse usable(@Nullable StoredResponse stored, CacheRequest request) {
        long wanted = TimeUnit.SECONDS.toNanos(
                request.demand().directives().staleIfError().orElse(0));
        StoredResponse usable = stored == null || stored.negative() ? null : Reuse.standIn(stored, wanted, clock.now());
        return usable == null || unreadable(request, usable) != null ? null : usable;
    }
}
