package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0        | 0",
                "1        | 1.00",
                "0.012345 | 0.0123",
                "0.9996   | 1.00",
                "9.996    | 10.0",
                "24.05    | 24.1",
                "99.96    | 100",
                "999.6    | 1,000",
                "12345    | 12,300",
                "1234567  | 1,230,000",
                "-1.2345  | -1.23",
                "Infinity | ∞",
                "NaN      | 0/0",
            })
    void three_digits_are_significant(double number, String expected) {
        assertThat(Digits.of(number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"12345 | 12,345", "0 | 0", "2.5 | 2.50"})
    void a_count_is_shown_to_the_last_one(double number, String expected) {
        assertThat(Names.REQUESTS.text(number)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0.0999, 0", "0.1, 0.100", "24, 24.0"})
    void what_is_negligible_is_zero(double number, String expected) {
        assertThat(Names.ALLOCATED.text(number)).isEqualTo(expected);
    }
}
