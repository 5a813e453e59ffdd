package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 s",
        "PT0.000000005S, 5 ns",
        "PT0.000012S, 12 us",
        "PT0.001S, 1 ms",
        "PT0.482S, 482 ms",
        "PT0.999999999S, 999 ms",
        "PT1S, 1 s",
        "PT1.5S, 1.5 s",
        "PT1.05S, 1.05 s",
        "PT1.0009S, 1 s",
        "PT59.999S, 59.999 s",
        "PT1M, 1 min",
        "PT2M5S, 2 min 5 s",
        "PT1H, 1 h",
        "PT25H, 1 d 1 h",
        "PT1H0M59S, 1 h",
        "P3D, 3 d",
        "PT-3S, -3 s",
        "PT-0.25S, -250 ms",
    })
    void a_span_is_written_in_words_of_people(Duration span, String words) {
        assertThat(DurationText.of(span)).isEqualTo(words);
    }

    @Test
    void the_longest_spans_are_written_too() {
        assertThat(DurationText.of(Duration.ofSeconds(Long.MAX_VALUE))).endsWith(" h");
        assertThat(DurationText.of(Duration.ofSeconds(Long.MIN_VALUE))).startsWith("-");
    }
}
