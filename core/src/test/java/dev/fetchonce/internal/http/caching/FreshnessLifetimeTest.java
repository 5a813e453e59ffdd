package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.caching.FreshnessLifetime.Explicit;
import dev.fetchonce.internal.http.caching.FreshnessLifetime.Heuristic;
import dev.fetchonce.internal.http.caching.FreshnessLifetime.Unknown;
import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreshnessLifetimeTest {
    private static final Instant RECEIVED = Instant.parse("2026-11-25T12:00:10.750Z");
    private static final String DATE = "Wed, 25 Nov 2026 12:00:00 GMT";
    private static final String IN_A_MINUTE = "Wed, 25 Nov 2026 12:01:00 GMT";
    private static final String A_DAY_AGO = "Tue, 24 Nov 2026 12:00:00 GMT";
    private static final HttpCachingOptions PRIVATE = rules(false);
    private static final HttpCachingOptions SHARED = rules(true);

    @Nested
    @DisplayName("RFC 9111 §4.2.1 calculating freshness lifetime")
    class Section_4_2_1 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "s-maxage=1, max-age=2   # 1 # 2",
                    "max-age=2, s-maxage=1   # 1 # 2",
                    "max-age=2               # 2 # 2",
                    "s-maxage=1              # 1 # 60",
                    "s-maxage=x, max-age=2   # 0 # 2",
                    "s-maxage=1, max-age=x   # 1 # 0",
                    "s-maxage=0              # 0 # 60",
                    "max-age=0               # 0 # 0",
                    "max-age=-1              # 0 # 0",
                    "public                  # 60 # 60",
                    "max-age=99999999999     # 2147483648 # 2147483648",
                    "max-age=5, max-age=9    # 5 # 5",
                })
        void s_maxage_in_a_shared_cache_beats_max_age_and_that_beats_expires(String line, long shared, long own) {
            HttpHeaders response =
                    fields("Cache-Control", line, "Expires", IN_A_MINUTE, "Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(SHARED, 200, response)).isEqualTo(explicit(shared));
            assertThat(lifetime(PRIVATE, 200, response)).isEqualTo(explicit(own));
        }

        @ParameterizedTest
        @ValueSource(ints = {200, 206, 302, 404, 500, 599})
        void an_explicit_lifetime_holds_with_any_status(int status) {
            assertThat(lifetime(PRIVATE, status, fields("Cache-Control", "max-age=7")))
                    .isEqualTo(explicit(7));
            assertThat(lifetime(PRIVATE, status, fields("Expires", IN_A_MINUTE, "Date", DATE)))
                    .isEqualTo(explicit(60));
        }

        @Test
        void several_expires_that_differ_make_it_stale_and_equal_ones_do_not() {
            assertThat(lifetime(fields("Expires", IN_A_MINUTE, "expires", "Wed, 25 Nov 2026 13:00:00 GMT")))
                    .isEqualTo(explicit(0));
            assertThat(lifetime(fields("Expires", IN_A_MINUTE, "Expires", "0"))).isEqualTo(explicit(0));
            assertThat(lifetime(fields("Expires", "0", "Expires", IN_A_MINUTE))).isEqualTo(explicit(0));
            assertThat(lifetime(fields("Expires", IN_A_MINUTE + ", " + IN_A_MINUTE)))
                    .isEqualTo(explicit(0));
            assertThat(lifetime(fields("Expires", IN_A_MINUTE, "Expires", " " + IN_A_MINUTE, "Date", DATE)))
                    .isEqualTo(explicit(60));
        }

        @Test
        void several_expires_do_not_matter_where_max_age_speaks() {
            HttpHeaders response = fields("Cache-Control", "max-age=5", "Expires", "0", "Expires", IN_A_MINUTE);
            assertThat(lifetime(response)).isEqualTo(explicit(5));
        }
    }

    @Nested
    @DisplayName("RFC 9111 §5.3 Expires")
    class Section_5_3 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "Wed, 25 Nov 2026 12:01:00 GMT       # 60",
                    "' Wed, 25 Nov 2026 12:01:00 GMT\t'  # 60",
                    "Mon, 25 Nov 2026 12:01:00 GMT       # 60",
                    "wed, 25 nov 2026 12:01:00 gmt       # 60",
                    "Wed, 25  Nov 2026 12:01:00 GMT      # 60",
                    "25 Nov 2026 12:01:00 GMT            # 60",
                    "Wed, 25-Nov-2026 12:01:00 GMT       # 60",
                    "Tue, 1 Dec 2026 12:00:00 GMT        # 518400",
                    "Wednesday, 25-Nov-26 12:01:00 GMT   # 60",
                    "Wed Nov 25 12:01:00 2026            # 60",
                    "Wed, 25 Nov 2026 12:00:00 GMT       # 0",
                    "Wed, 25 Nov 2026 11:59:59 GMT       # 0",
                    "Thu, 01 Jan 1970 00:00:00 GMT       # 0",
                    "Fri, 31 Dec 9999 23:59:59 GMT       # 2147483648",
                    "Wednesday, 25-Nov-76 12:00:00 GMT   # 1577923200",
                    "Thursday, 26-Nov-76 12:00:00 GMT    # 0",
                })
        void it_counts_against_date(String expires, long seconds) {
            assertThat(lifetime(fields("Expires", expires, "Date", DATE))).isEqualTo(explicit(seconds));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "0",
                    "-1",
                    "60",
                    "never",
                    "Wed, 25 Nov 2026 12:01:00",
                    "Wed, 25 Nov 2026 12:01:00 CET",
                    "Wed, 25 Nov 2026 12:01:00 +0000",
                    "Wed, 25 Nov 2026 2:01:00 GMT",
                    "Wed, 25 Nov 2026 12.01.00 GMT",
                    "2026-11-25T12:01:00Z",
                    "Wed, 32 Nov 2026 12:01:00 GMT"
                })
        void an_expires_that_is_no_date_is_in_the_past(String expires) {
            HttpHeaders response = fields("Expires", expires, "Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(response)).isEqualTo(explicit(0));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "0", "today", "Wed, 25 Nov 2026 12:00:00"})
        void without_a_date_it_counts_against_the_arrival(String date) {
            assertThat(lifetime(fields("Expires", IN_A_MINUTE, "Date", date))).isEqualTo(explicit(50));
            assertThat(lifetime(fields("Expires", IN_A_MINUTE))).isEqualTo(explicit(50));
            assertThat(lifetime(fields("Expires", "Wed, 25 Nov 2026 12:00:10 GMT")))
                    .isEqualTo(explicit(0));
        }

        @Test
        void a_date_ahead_shortens_the_lifetime_as_it_says() {
            assertThat(lifetime(fields("Expires", IN_A_MINUTE, "Date", "Wed, 25 Nov 2026 12:00:59 GMT")))
                    .isEqualTo(explicit(1));
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.2 calculating heuristic freshness")
    class Section_4_2_2 {
        @ParameterizedTest
        @ValueSource(ints = {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
        void a_heuristically_cacheable_response_is_fresh_for_a_fraction_of_its_time_unchanged(int status) {
            assertThat(lifetime(PRIVATE, status, fields("Date", DATE, "Last-Modified", A_DAY_AGO)))
                    .isEqualTo(heuristic(8_640));
        }

        @ParameterizedTest
        @ValueSource(ints = {201, 202, 302, 303, 307, 400, 401, 403, 429, 451, 500, 502, 503, 504, 599})
        void another_one_is_so_only_when_it_is_public(int status) {
            HttpHeaders response = fields("Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(PRIVATE, status, response)).isEqualTo(new Unknown());
            HttpHeaders open = fields("Date", DATE, "Last-Modified", A_DAY_AGO, "Cache-Control", "public");
            assertThat(lifetime(PRIVATE, status, open)).isEqualTo(heuristic(8_640));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "Wed, 25 Nov 2026 12:00:00 GMT     # 0",
                    "Wed, 25 Nov 2026 11:59:50 GMT     # 1",
                    "Wednesday, 25-Nov-26 11:59:50 GMT # 1",
                    "Wed Nov 25 11:59:50 2026          # 1",
                    "Mon, 16 Nov 2026 12:00:00 GMT     # 77760",
                    "Sun, 15 Nov 2026 12:00:00 GMT     # 86400",
                    "Sat, 14 Nov 2026 12:00:00 GMT     # 86400",
                    "Thu, 01 Jan 1970 00:00:00 GMT     # 86400",
                    "Mon, 01 Jan 0001 00:00:00 GMT     # 86400",
                })
        void the_lifetime_is_capped(String modified, long seconds) {
            assertThat(lifetime(fields("Date", DATE, "Last-Modified", modified)))
                    .isEqualTo(heuristic(seconds));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "0", "yesterday", "Wed, 25 Nov 2026 12:00:01 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"})
        void a_last_modified_that_makes_no_sense_allows_no_guess(String modified) {
            assertThat(lifetime(fields("Date", DATE, "Last-Modified", modified)))
                    .isEqualTo(new Unknown());
            assertThat(lifetime(fields("Date", DATE))).isEqualTo(new Unknown());
            assertThat(new Unknown().nanos()).isZero();
        }

        @Test
        void about_what_sets_a_cookie_nothing_is_guessed() {
            assertThat(lifetime(fields("Date", DATE, "Last-Modified", A_DAY_AGO, "Set-Cookie", "a=b")))
                    .isEqualTo(new Unknown());
        }

        @Test
        void without_a_date_the_arrival_counts() {
            assertThat(lifetime(fields("Last-Modified", "Wed, 25 Nov 2026 12:00:00 GMT")))
                    .isEqualTo(heuristic(1));
            assertThat(lifetime(fields("Date", "x", "Last-Modified", "Wed, 25 Nov 2026 12:00:00 GMT")))
                    .isEqualTo(heuristic(1));
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=0", "max-age=5", "max-age=x", "max-age"})
        void nothing_is_guessed_beside_an_explicit_lifetime(String line) {
            HttpHeaders response = fields("Cache-Control", line, "Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(response)).isInstanceOf(Explicit.class);
        }

        @Test
        void s_maxage_tells_a_private_cache_nothing() {
            HttpHeaders response = fields("Cache-Control", "s-maxage=5", "Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(PRIVATE, 200, response)).isEqualTo(new Unknown());
            assertThat(lifetime(SHARED, 200, response)).isEqualTo(explicit(5));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", ",", "foo", "private", "no-transform", "must-revalidate", "a;b", "public;", "\u0000"})
        void nothing_is_guessed_where_the_origin_speaks_to_caches_and_tells_no_lifetime(String line) {
            HttpHeaders response = fields("Cache-Control", line, "Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(PRIVATE, 200, response)).isEqualTo(new Unknown());
            assertThat(lifetime(SHARED, 200, response)).isEqualTo(new Unknown());
        }

        @Test
        void the_lifetime_of_a_public_response_may_be_guessed() {
            HttpHeaders response = fields("Cache-Control", "public, foo", "Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(response)).isEqualTo(heuristic(8_640));
        }

        @Test
        void fraction_and_cap_are_those_of_the_rules() {
            HttpHeaders response = fields("Date", DATE, "Last-Modified", A_DAY_AGO);
            assertThat(lifetime(new HttpCachingOptions(false, 0, 5, List.of()), 200, response))
                    .isEqualTo(new Heuristic(0));
            assertThat(lifetime(new HttpCachingOptions(false, 1, 5, List.of()), 200, response))
                    .isEqualTo(new Heuristic(5));
            assertThat(lifetime(new HttpCachingOptions(false, 1, DeltaSeconds.MAXIMUM_NANOS, List.of()), 200, response))
                    .isEqualTo(heuristic(86_400));
        }
    }

    @Nested
    @DisplayName("RFC 9213 §2.2 a targeted field takes the place of Cache-Control and Expires")
    class Rfc_9213 {
        private final HttpCachingOptions options =
                new HttpCachingOptions(true, 0.1, TimeUnit.DAYS.toNanos(1), List.of("CDN-Cache-Control"));

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "max-age=600             # 600",
                    "max-age=0               # 0",
                    "s-maxage=5, max-age=600 # 5",
                    "max-age=1.5             # 0",
                    "max-age=-1              # 0",
                    "MAX-AGE=600             # 2",
                    "max-age=600,            # 2",
                    "''                      # 2",
                })
        void it_counts_alone_where_it_is_valid(String line, long seconds) {
            HttpHeaders response = fields(
                    "CDN-Cache-Control", line, "Cache-Control", "max-age=2", "Expires", IN_A_MINUTE, "Date", DATE);
            assertThat(lifetime(options, 200, response)).isEqualTo(explicit(seconds));
        }

        @Test
        void nothing_is_guessed_where_it_says_nothing_of_freshness() {
            HttpHeaders response = fields(
                    "CDN-Cache-Control", "none", "Cache-Control", "max-age=2", "Expires", IN_A_MINUTE, "Date", DATE);
            assertThat(lifetime(options, 200, response)).isEqualTo(new Unknown());
            for (String line : List.of("none", "", "no-store; max-age=0")) {
                HttpHeaders dated = fields("CDN-Cache-Control", line, "Date", DATE, "Last-Modified", A_DAY_AGO);
                assertThat(lifetime(options, 200, dated)).as(line).isEqualTo(new Unknown());
            }
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.2 freshness")
    class Section_4_2 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "max-age=60          # 59 # true",
                    "max-age=60          # 60 # false",
                    "max-age=60          # 61 # false",
                    "max-age=0           # 0  # false",
                    "max-age=99999999999 # 2147483647  # true",
                    "max-age=99999999999 # 99999999999 # false",
                })
        void a_response_is_fresh_while_its_lifetime_is_greater_than_its_age(String line, String age, boolean fresh) {
            HttpHeaders response = fields("Cache-Control", line, "Age", age);
            long lifetime = lifetime(response).nanos();
            assertThat(lifetime > CurrentAge.correctedInitialAge(response, RECEIVED, 0))
                    .isEqualTo(fresh);
        }

        @Test
        void a_clock_that_shows_nonsense_makes_nothing_fail() {
            for (Instant now : new Instant[] {Instant.MIN, Instant.EPOCH, Instant.MAX}) {
                for (HttpHeaders response : List.of(
                        fields("Expires", "Sunday, 06-Nov-94 08:49:37 GMT"),
                        fields("Expires", IN_A_MINUTE),
                        fields("Last-Modified", IN_A_MINUTE))) {
                    ResponseDirectives directives = ResponseDirectives.of(response, List.of());
                    assertThat(FreshnessLifetime.of(PRIVATE, 200, response, directives, now)
                                    .nanos())
                            .isBetween(0L, DeltaSeconds.MAXIMUM_NANOS);
                }
            }
        }
    }

    private static HttpCachingOptions rules(boolean shared) {
        return new HttpCachingOptions(shared, 0.1, TimeUnit.DAYS.toNanos(1), List.of());
    }

    private static FreshnessLifetime lifetime(HttpHeaders response) {
        return lifetime(PRIVATE, 200, response);
    }

    private static FreshnessLifetime lifetime(HttpCachingOptions options, int status, HttpHeaders response) {
        ResponseDirectives directives = ResponseDirectives.of(response, options.targetedFields());
        return FreshnessLifetime.of(options, status, response, directives, RECEIVED);
    }

    private static FreshnessLifetime explicit(long seconds) {
        return new Explicit(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static FreshnessLifetime heuristic(long seconds) {
        return new Heuristic(TimeUnit.SECONDS.toNanos(seconds));
    }
}
