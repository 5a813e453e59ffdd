package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CurrentAgeTest {
    private static final Instant RECEIVED = Instant.parse("1994-11-06T08:49:37.750Z");
    private static final String DATE = "Sun, 06 Nov 1994 08:49:27 GMT";

    @Nested
    @DisplayName("RFC 9111 §5.1 Age")
    class Section_5_1 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "0                    # 0",
                    "7                    # 7",
                    "' 7\t'               # 7",
                    "0007                 # 7",
                    "2147483648           # 2147483648",
                    "99999999999999999999 # 2147483648",
                    "7, 0                 # 7",
                    "0, 7                 # 0",
                    "'7,x'                # 7",
                    "', 7'                # 7",
                })
        void it_is_seconds_and_of_a_list_the_first_member(String line, long seconds) {
            assertThat(CurrentAge.ageValue(fields("Age", line))).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    ",",
                    "-7",
                    "+7",
                    "7.0",
                    "7s",
                    "7;x=y",
                    "\"7\"",
                    "'7'",
                    "old",
                    "x, 7",
                    "-1, 7",
                    "0x7",
                    "7 7",
                    "\u0667",
                    "Sun, 06 Nov 1994 08:49:37 GMT"
                })
        void one_that_makes_no_sense_is_as_none(String line) {
            assertThat(CurrentAge.ageValue(fields("Age", line))).isZero();
        }

        @Test
        void of_several_lines_the_first_counts() {
            assertThat(CurrentAge.ageValue(fields("Age", "7", "age", "0"))).isEqualTo(7_000_000_000L);
            assertThat(CurrentAge.ageValue(fields("Age", "0", "age", "7"))).isZero();
            assertThat(CurrentAge.ageValue(fields("Age", "x", "age", "7"))).isZero();
            assertThat(CurrentAge.ageValue(fields())).isZero();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.3 calculating age")
    class Section_4_2_3 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "Sun, 06 Nov 1994 08:49:37 GMT  # 0",
                    "Sun, 06 Nov 1994 08:49:36 GMT  # 1",
                    "Sun, 06 Nov 1994 08:48:37 GMT  # 60",
                    "Sunday, 06-Nov-94 08:48:37 GMT # 60",
                    "Sun Nov  6 08:48:37 1994       # 60",
                    "Mon, 06 Nov 1994 08:48:37 GMT  # 60",
                    "' Sun, 06 Nov 1994 08:48:37 GMT ' # 60",
                    "Sun, 06 Nov 1994 08:49:38 GMT  # 0",
                    "Fri, 31 Dec 9999 23:59:59 GMT  # 0",
                    "Mon, 01 Jan 0001 00:00:00 GMT  # 2147483648",
                    "Sunday, 06-Nov-44 08:49:37 GMT # 0",
                    "Sunday, 07-Nov-44 08:49:37 GMT # 1577750400",
                    "''                             # 0",
                    "0                              # 0",
                    "yesterday                      # 0",
                    "Sun, 06 Nov 1994 08:48:37      # 0",
                    "Sun, 06 Nov 1994 08:48:37 CET  # 0",
                })
        void apparent_age_is_the_time_since_date_and_never_negative(String date, long seconds) {
            assertThat(CurrentAge.apparentAge(fields("Date", date), RECEIVED))
                    .isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
        }

        @Test
        void a_response_without_date_was_made_when_it_came() {
            assertThat(CurrentAge.dateValue(fields(), RECEIVED)).isEqualTo("1994-11-06T08:49:37Z");
            assertThat(CurrentAge.dateValue(fields("Date", "x"), RECEIVED)).isEqualTo("1994-11-06T08:49:37Z");
            assertThat(CurrentAge.apparentAge(fields(), RECEIVED)).isZero();
        }

        @Test
        void of_several_dates_the_first_counts() {
            HttpHeaders two = fields("Date", DATE, "date", "Sun, 06 Nov 1994 08:49:37 GMT");
            assertThat(CurrentAge.apparentAge(two, RECEIVED)).isEqualTo(10_000_000_000L);
        }

        @ParameterizedTest
        @CsvSource({
            "0, 0, 0",
            "0, 1500000000, 1500000000",
            "2, 0, 2000000000",
            "2, 1500000000, 3500000000",
            "2, -1, 2000000000",
            "2, -9223372036854775808, 2000000000",
            "x, 1500000000, 1500000000",
            "2147483648, 1, 2147483648000000000",
            "99999999999, 9223372036854775807, 2147483648000000000",
        })
        void corrected_age_value_is_age_and_the_delay_of_the_response(String age, long delay, long expected) {
            assertThat(CurrentAge.correctedAgeValue(fields("Age", age), delay)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({
            "0, 0, 10000000000",
            "9, 1000000000, 10000000000",
            "9, 1000000001, 10000000001",
            "60, 0, 60000000000",
            "x, 0, 10000000000",
            "x, 11000000000, 11000000000",
        })
        void corrected_initial_age_is_the_greater_one(String age, long delay, long expected) {
            assertThat(CurrentAge.correctedInitialAge(fields("Age", age, "Date", DATE), RECEIVED, delay))
                    .isEqualTo(expected);
        }

        @Test
        void without_any_field_the_age_is_the_delay_of_the_response() {
            assertThat(CurrentAge.correctedInitialAge(fields(), RECEIVED, 5)).isEqualTo(5);
        }

        @Test
        void a_clock_that_shows_nonsense_makes_no_age_fail() {
            for (Instant now : new Instant[] {Instant.MIN, Instant.EPOCH, Instant.MAX}) {
                for (String date : new String[] {DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "x"}) {
                    assertThat(CurrentAge.correctedInitialAge(fields("Date", date), now, 1))
                            .isBetween(1L, DeltaSeconds.MAXIMUM_NANOS);
                }
            }
        }
    }
}
