package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Obstacle;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Response heads after which the cache passes a response on at once, because no other caller could use its body. */
class ForOneTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final HttpCachingRules JUDGE =
            HttpCachingRules.of(new HttpCachingOptions(false, 0.1, 1, List.of()), 0, 0);

    private static Optional<Obstacle> why(int status, HttpHeaders response) {
        RequestContext request = new RequestContext(
                CacheKey.plain(TargetUri.parse("http://h/")), TargetUri.parse("http://h/"), fields());
        return JUDGE.forOne(request, status, response, NOW);
    }

    private static boolean forOne(int status, HttpHeaders response) {
        return why(status, response).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "text/event-stream               | -          | true",
                "Text/Event-Stream;charset=utf-8 | -          | true",
                "text/event-stream               | max-age=60 | true",
                "text/event-streams              | max-age=60 | false",
                "text/plain                      | max-age=60 | false",
                "text/plain                      | -          | false",
            })
    void a_stream_of_events_is(String type, String cacheControl, boolean expected) {
        HttpHeaders response = cacheControl == null
                ? fields("Content-Type", type)
                : fields("Content-Type", type, "Cache-Control", cacheControl);
        assertThat(forOne(200, response)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no-cache             | X-Other       | a                             | true",
                "no-cache, private    | X-Other       | a                             | true",
                "no-cache, max-age=60 | X-Other       | a                             | true",
                "no-cache             | ETag          | \"a\"                         | false",
                "no-cache             | Last-Modified | Sun, 01 Nov 2026 00:00:00 GMT | false",
                "no-cache=\"x-other\" | X-Other       | a                             | false",
                "max-age=0            | X-Other       | a                             | false",
                "no-store             | ETag          | \"a\"                         | true",
            })
    void what_is_to_be_validated_and_cannot_be_is(String cacheControl, String name, String value, boolean expected) {
        assertThat(forOne(200, fields("Cache-Control", cacheControl, name, value)))
                .isEqualTo(expected);
    }

    @Test
    void the_reason_is_given() {
        assertThat(why(200, fields("Cache-Control", "no-store"))).hasValue(Obstacle.NO_STORE);
        assertThat(why(200, fields("Cache-Control", "no-cache"))).hasValue(Obstacle.NO_VALIDATOR);
        assertThat(why(200, fields("Content-Type", "text/event-stream"))).hasValue(Obstacle.ENDLESS);
    }

    @Test
    void a_failure_that_others_share_is_not() {
        for (int status : new int[] {304, 500, 502, 503, 504}) {
            assertThat(forOne(status, fields("Cache-Control", "no-cache", "Content-Type", "text/event-stream")))
                    .as("%d", status)
                    .isFalse();
        }
    }
}
