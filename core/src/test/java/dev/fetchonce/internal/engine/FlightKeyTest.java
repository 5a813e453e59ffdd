package dev.fetchonce.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlightKeyTest {
    private static final TargetUri TARGET = TargetUri.parse("http://h/a?secret");
    private static final HttpHeaders NONE = fields(Map.of());
    private static final HttpHeaders GERMAN = fields(Map.of("Accept-Language", List.of("de")));
    private static final HttpHeaders FRENCH = fields(Map.of("Accept-Language", List.of("fr")));

    /**
     * A stored response may be evicted while a flight renews it. With another key the next caller would fetch it a
     * second time.
     */
    @Test
    void nothing_stored_and_something_stored_without_vary_have_one_flight() {
        FlightKey nothing = FlightKey.of(ask(GERMAN), CallerKind.VALUE_API, null);
        FlightKey something = FlightKey.of(ask(GERMAN), CallerKind.VALUE_API, slot(NONE));
        assertThat(nothing).isEqualTo(something).hasSameHashCodeAs(something);
        assertThat(something).isEqualTo(nothing);
    }

    @Test
    void requests_that_a_known_vary_tells_apart_share_no_flight() {
        VariantSet variants = slot(fields(Map.of("Vary", List.of("Accept-Language"))));
        assertThat(FlightKey.of(ask(GERMAN), CallerKind.VALUE_API, variants))
                .isEqualTo(FlightKey.of(ask(GERMAN), CallerKind.VALUE_API, variants))
                .isNotEqualTo(FlightKey.of(ask(FRENCH), CallerKind.VALUE_API, variants));
    }

    @Test
    void its_text_shows_neither_query_nor_fields() {
        VariantSet variants = slot(fields(Map.of("Vary", List.of("Accept-Language"))));
        assertThat(FlightKey.of(ask(GERMAN), CallerKind.VALUE_API, variants)).hasToString("http://h/a");
    }

    private static CacheRequest ask(HttpHeaders headers) {
        Duration patience = Duration.ofSeconds(1);
        Deadline until = Deadline.after(patience);
        return new CacheRequest(
                TARGET,
                CacheKey.plain(TARGET),
                headers,
                Optional.empty(),
                Reuse.Demand.NONE,
                patience,
                until,
                Optional.empty(),
                patience,
                null,
                CallerKind.VALUE_API,
                Seeds.NONE);
    }

    private static VariantSet slot(HttpHeaders response) {
        Representation body = new Representation(
                new byte[0], HttpHeaders.of(Map.of(), (name, value) -> true), new ContentCodings(1, Map.of()));
        VarySelection selection = VarySelection.of(response, GERMAN);
        return VariantSet.landed(
                null,
                CacheKey.plain(TARGET),
                new StoredResponse(
                        TARGET.text(),
                        200,
                        response,
                        body,
                        selection,
                        Validity.ofTtl(1, 0, 0),
                        0,
                        Instant.EPOCH,
                        ConnectionInfo.PLAIN));
    }

    private static HttpHeaders fields(Map<String, List<String>> fields) {
        return HttpHeaders.of(fields, (name, value) -> true);
    }
}
