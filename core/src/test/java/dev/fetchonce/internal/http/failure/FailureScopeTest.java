package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureScopeTest {
    @ParameterizedTest
    @CsvSource({
        "CONNECT, HOST",
        "TIMEOUT, URL",
        "BROKEN, URL",
        "PROTOCOL, URL",
        "TOO_LARGE, URL",
        "REDIRECT, URL",
        "UNDECODABLE, URL",
        "INTERNAL, URL",
        "PATIENCE, NOTHING",
        "BUSY, NOTHING",
        "TOO_MANY_WAITERS, NOTHING",
        "CLOSED, NOTHING",
        "APPLICATION, NOTHING",
    })
    void a_failure_without_a_status_speaks_of(Reason reason, FailureScope expected) {
        assertThat(FailureScope.of(Failure.of(reason, "failed"))).isEqualTo(expected);
    }

    @Test
    void a_status_speaks_of_its_url_or_is_an_answer_and_429_speaks_of_its_user() {
        for (int status = 100; status <= 599; status++) {
            FailureScope expected = status == 429
                    ? FailureScope.USER
                    : status == 408 || status >= 500 ? FailureScope.URL : FailureScope.ANSWER;
            assertThat(FailureScope.of(Failure.answered("http://h/a", status, fields())))
                    .as("%d", status)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "403, Retry-After, 5, USER",
        "403, X-RateLimit-Remaining, 0, USER",
        "403, X-RateLimit-Remaining, 1, ANSWER",
        "401, Retry-After, 5, ANSWER",
        "404, X-RateLimit-Remaining, 0, USER",
        "503, Retry-After, 5, URL",
        "503, X-RateLimit-Remaining, 0, USER",
    })
    void a_status_with_a_field_speaks_of(int status, String name, String value, FailureScope expected) {
        assertThat(FailureScope.of(Failure.answered("http://h/a", status, fields(name, value))))
                .isEqualTo(expected);
    }

    @Test
    void a_failure_keeps_its_rate_limit_in_all_its_forms() {
        Failure limited = Failure.answered("http://h/a", 403, fields("Retry-After", "1"));
        assertThat(FailureScope.of(limited.and("more"))).isEqualTo(FailureScope.USER);
        assertThat(FailureScope.of(limited.remembered())).isEqualTo(FailureScope.USER);
        assertThat(FailureScope.of(Failure.of(429, "limited"))).isEqualTo(FailureScope.USER);
        assertThat(FailureScope.of(Failure.of(403, "forbidden"))).isEqualTo(FailureScope.ANSWER);
    }
}
