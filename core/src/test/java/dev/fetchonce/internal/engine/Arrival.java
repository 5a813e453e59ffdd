package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Samples.NOON;
import static dev.fetchonce.internal.engine.Samples.SECOND;
import static dev.fetchonce.internal.engine.Samples.holding;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.store.MemoryStore;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A reply that arrives 10 s after noon, and the cache that judges it. */
final class Arrival {
    private CachePolicy policy = Samples.http();
    private CacheRequest request = request();
    private @Nullable StoredResponse pinned;
    private List<StoredResponse> askedAbout = List.of();
    private Set<Object> wishes = Set.of();

    static Arrival of(CachePolicy policy) {
        Arrival arrival = new Arrival();
        arrival.policy = policy;
        return arrival;
    }

    Arrival by(CacheRequest caller) {
        request = caller;
        return this;
    }

    /** Pins a stored response without a question about it. */
    Arrival over(StoredResponse stored) {
        pinned = stored;
        return this;
    }

    /** Asks about these responses; the first one is pinned. */
    Arrival about(StoredResponse... stored) {
        pinned = stored[0];
        askedAbout = List.of(stored);
        return this;
    }

    /** Asks about these responses, while the request selects no stored response. */
    Arrival aboutOthers(StoredResponse... stored) {
        askedAbout = List.of(stored);
        return this;
    }

    Arrival wished(Object... types) {
        wishes = Set.of(types);
        return this;
    }

    /** Returns the making of the plan for this end of the exchange. */
    Supplier<LandingPlan> plan(ExchangeResult exchange) {
        return () -> planned(exchange);
    }

    private LandingPlan planned(ExchangeResult exchange) {
        CacheClock clock = new CacheClock(() -> 10 * SECOND, () -> NOON.plusSeconds(10));
        Recorder recorder = new Recorder();
        ResponseProcessor processor =
                new ResponseProcessor(policy, clock, decoder(recorder), new LandingPlanner(policy, 1 << 20), recorder);
        Validation validation = new Validation(pinned, List.of(), Revalidation.BY_TAG, Revalidation.BY_TAG);
        ReceiptTime received = new ReceiptTime(10 * SECOND, NOON.plusSeconds(10), 0);
        try {
            return processor.plan(request, OriginReply.of(exchange, validation, askedAbout, received), () -> wishes);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a decoder of a cache. */
    static ResponseDecoder decoder(Recorder recorder) {
        return new ResponseDecoder(
                JsonBinder.create(JsonMapper.builder().build(), false),
                Duration.ofMinutes(1),
                new MemoryStore(1 << 20, 0),
                recorder);
    }

    /** Returns a reply to a cache by the rules of HTTP. */
    static Arrival http() {
        return Arrival.of(Samples.http());
    }

    /** Returns a reply to a cache with a TTL. */
    static Arrival ttl() {
        return Arrival.of(Samples.ttl());
    }

    /** Returns a stored JSON null that has been stale since 5 s, and may stand in for another 95 s. */
    static StoredResponse stale(String... namesAndValues) {
        return holding("null", lasting(5), 0, namesAndValues);
    }

    /** Returns a whole response with a JSON null. */
    static ExchangeResult answer(int status, String... namesAndValues) {
        return answer(status, "null".getBytes(UTF_8), false, Map.of(), namesAndValues);
    }

    /** Returns a response with this body. */
    static ExchangeResult answer(
            int status,
            byte[] body,
            boolean untilClose,
            Map<String, ContentCodings.Coding> codings,
            String... namesAndValues) {
        HttpHeaders headers = fields(namesAndValues);
        Representation representation = new Representation(body, headers, new ContentCodings(1_000, codings));
        return new ExchangeResult.Answered(status, headers, representation, untilClose, ConnectionInfo.PLAIN);
    }
}
