package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A 403 with a rate limit is a 429. The tests of the cache's decisions cover the other failures. */
class FailureRuleTest {
    private static Failure answered(int status, String... fields) {
        return Failure.answered("http://h/a", status, fields(fields));
    }

    @ParameterizedTest
    @CsvSource({
        "403, Retry-After, 60, covers",
        "403, Retry-After, 0, covers",
        "403, X-RateLimit-Remaining, 0, covers",
        "403, X-RateLimit-Remaining, 1, revokes",
        "403, Retry-After, soon, revokes",
        "403, X-Other, 0, revokes",
        "401, Retry-After, 60, revokes",
        "401, X-RateLimit-Remaining, 0, revokes",
        "404, X-RateLimit-Remaining, 0, revokes",
        "410, X-RateLimit-Remaining, 0, revokes",
        "451, Retry-After, 60, revokes",
        "429, X-Other, 0, covers",
        "503, Retry-After, 60, covers",
        "400, Retry-After, 60, neither",
    })
    void a_stored_response_and_a_failure(int status, String name, String value, String expected) {
        Failure failure = answered(status, name, value);
        assertThat(FailureRule.covers(failure)).isEqualTo(expected.equals("covers"));
        assertThat(FailureRule.revokes(failure)).isEqualTo(expected.equals("revokes"));
    }

    @Test
    void an_application_that_covers_no_429_covers_no_403_with_a_rate_limit() {
        Failure limited = answered(403, "Retry-After", "60");
        assertThat(FailureRule.covers(limited, status -> status != 429)).isFalse();
        assertThat(FailureRule.covers(limited, status -> status == 429)).isTrue();
        assertThat(FailureRule.covers(answered(403), status -> status == 429)).isFalse();
        assertThat(FailureRule.covers(answered(403), status -> status == 403)).isTrue();
    }
}
