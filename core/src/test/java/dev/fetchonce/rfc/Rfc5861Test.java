package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Freshness;
import dev.fetchonce.Trouble;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 5861: the two windows for the use of a stale response, each by itself. RFC 9111 §4.2.4: the directives that
 * forbid both.
 */
class Rfc5861Test {
    private static final Duration HOUR = Duration.ofHours(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    /** The ways in which an origin fails. */
    enum Trouble {
        STATUS_500,
        STATUS_502,
        STATUS_503,
        STATUS_504,
        REFUSED,
        RESET,
        TRUNCATED,
        TRUNCATED_CHUNKS,
        SILENT,
        GARBAGE;

        void befalls(Side side) {
            switch (this) {
                case STATUS_500, STATUS_502, STATUS_503, STATUS_504 -> side.answers(status(), "");
                case REFUSED -> side.origin.down();
                case RESET -> side.origin.on("/a", Call::reset);
                case TRUNCATED ->
                    side.origin.on("/a", call -> {
                        call.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                        call.end();
                    });
                case TRUNCATED_CHUNKS ->
                    side.origin.on("/a", call -> {
                        call.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
                        call.end();
                    });
                case SILENT -> side.origin.on("/a", Call::awaitDisconnect);
                case GARBAGE ->
                    side.origin.on("/a", call -> {
                        call.raw("no HTTP at all\r\n\r\n");
                        call.end();
                    });
            }
        }

        private int status() {
            return Integer.parseInt(name().substring(7));
        }

        boolean answers() {
            return name().startsWith("STATUS");
        }
    }

    /**
     * Checks that a call fails with this trouble: it gets the status where the origin answers, and an IOException
     * elsewhere.
     */
    private static void fails(Side side, Trouble trouble, String fields) throws Exception {
        if (trouble.answers()) {
            assertThat(get(side, trouble, fields).statusCode()).isEqualTo(trouble.status());
        } else {
            assertThatThrownBy(() -> get(side, trouble, fields)).isInstanceOf(IOException.class);
        }
    }

    /** Calls with a short timeout for the silent origin, and without a timeout for the others. */
    private static HttpResponse<String> get(Side side, Trouble trouble, String fields) throws Exception {
        HttpRequest request = side.request("GET", "/a", fields);
        HttpRequest timed = trouble == Trouble.SILENT
                ? HttpRequest.newBuilder(request, (name, value) -> true)
                        .timeout(Duration.ofMillis(300))
                        .build()
                : request;
        return side.client.send(timed, BodyHandlers.ofString());
    }

    private static Side stored(Side side, String cacheControl) throws Exception {
        side.answers(200, "Cache-Control: " + cacheControl).get("");
        return side;
    }

    @Nested
    @DisplayName("RFC 5861 §3 stale-while-revalidate")
    class Section_3 {
        @ParameterizedTest
        @CsvSource({"60, HIT", "61, STALE", "90, STALE", "91, ASKED"})
        void within_its_window_a_stale_response_is_used_and_one_request_renews_it(long after, String expected)
                throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                stored(side, "max-age=61, stale-while-revalidate=29");
                HttpResponse<String> response = side.after(after).get("");
                assertThat(response.body()).isEqualTo(expected.equals("ASKED") ? "2" : "1");
                assertThat(Side.cacheStatus(response))
                        .isEqualTo(
                                switch (expected) {
                                    case "HIT" -> "Fetchonce; hit; ttl=1";
                                    case "STALE" -> "Fetchonce; hit; ttl=" + (61 - after);
                                    default -> "Fetchonce; fwd=stale; fwd-status=200; stored; ttl=61";
                                });
                if (expected.equals("STALE")) {
                    assertThat(Side.age(response)).isEqualTo(Long.toString(after));
                    side.settled(2);
                    assertThat(side.get("").body()).isEqualTo("2");
                    assertThat(side.origin.requests()).isEqualTo(2);
                }
            }
        }

        @Test
        void a_crowd_gets_the_stale_response_at_once_and_one_request_is_sent() throws Exception {
            Side side = stored(Side.ofMany(given), "max-age=60, stale-while-revalidate=30");
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.json("2", "Cache-Control: max-age=60");
            });
            side.after(61);
            Crowd<String> crowd = Crowd.of(500, () -> side.get("").body());
            assertThat(crowd.values()).as("none of them waited").containsOnly("1");
            latch.awaitArrivals(1);
            latch.open();
            side.settled(2);
            assertThat(side.get("").body()).isEqualTo("2");
            assertThat(side.origin.requests()).isEqualTo(2);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "stale-while-revalidate=soon | 61 | ASKED",
                    "stale-while-revalidate      | 61 | ASKED",
                    "stale-while-revalidate=-1   | 61 | ASKED",
                    "stale-while-revalidate=0    | 60 | ASKED",
                    "stale-while-revalidate=\"30\" | 61 | HIT",
                    "stale-while-revalidate=99999999999999 | 9999999 | HIT",
                    "foo                         | 61 | ASKED",
                })
        void an_argument_that_makes_no_sense_says_nothing(String directive, long after, String found) throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60, " + directive);
            assertThat(side.after(after).get("").body()).isEqualTo(found.equals("HIT") ? "1" : "2");
            side.settled(2);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Cache-Control: max-age=60",
                    "Cache-Control: min-fresh=1",
                    "Cache-Control: no-cache",
                    "Pragma: no-cache"
                })
        void a_request_that_wants_a_fresher_one_gets_that(String request) throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60, stale-while-revalidate=30");
            assertThat(side.after(61).get(request).body()).isEqualTo("2");
        }

        @Test
        void our_own_window_is_for_what_does_not_tell_one() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.staleWhileRevalidate(Duration.ofSeconds(10)));
            stored(side, "max-age=60");
            assertThat(side.after(70).get("").body()).isEqualTo("1");
            side.settled(2);
            Side told = Side.of(given, Freshness.http(), b -> b.staleWhileRevalidate(HOUR));
            stored(told, "max-age=60, stale-while-revalidate=0");
            assertThat(told.after(61).get("").body())
                    .as("it says that it has none")
                    .isEqualTo("2");
        }
    }

    @Nested
    @DisplayName("RFC 5861 §4 stale-if-error")
    class Section_4 {
        @ParameterizedTest
        @EnumSource(Trouble.class)
        void within_its_window_a_stale_response_stands_in(Trouble trouble) throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                stored(side, "max-age=60, stale-if-error=30");
                trouble.befalls(side);
                HttpResponse<String> stale = get(side.after(90), trouble, "");
                assertThat(stale.statusCode()).isEqualTo(200);
                assertThat(stale.body()).isEqualTo("1");
                assertThat(Side.age(stale)).isEqualTo("90");
                assertThat(Side.cacheStatus(stale))
                        .startsWith("Fetchonce; fwd=stale; ")
                        .contains("; ttl=-30; detail=");
                fails(side.after(1), trouble, "");
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 403, 404, 410, 429, 501, 505})
        void another_status_is_the_answer(int status) throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60, stale-if-error=30");
            side.answers(status, "");
            assertThat(side.after(61).get("").statusCode()).isEqualTo(status);
        }

        @Test
        void while_it_is_fresh_no_request_is_sent_and_nothing_goes_wrong() throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60, stale-if-error=30");
            Trouble.REFUSED.befalls(side);
            assertThat(side.after(59).get("").body()).isEqualTo("1");
        }

        @Test
        void the_window_of_the_request_counts_as_well() throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60");
            Trouble.STATUS_500.befalls(side);
            side.after(90);
            assertThat(side.get("Cache-Control: stale-if-error=29").statusCode())
                    .isEqualTo(500);
            assertThat(side.get("Cache-Control: stale-if-error=30").body()).isEqualTo("1");
            assertThat(side.get("Cache-Control: stale-if-error=soon").statusCode())
                    .isEqualTo(500);
            assertThat(side.get("").statusCode()).isEqualTo(500);
        }

        @Test
        void our_own_window_is_for_what_does_not_tell_one() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.staleIfError(Duration.ofSeconds(10)));
            stored(side, "max-age=60");
            Trouble.STATUS_503.befalls(side);
            assertThat(side.after(70).get("").body()).isEqualTo("1");
            assertThat(side.after(1).get("").statusCode()).isEqualTo(503);
            Side told = Side.of(given, Freshness.http(), b -> b.staleIfError(HOUR));
            stored(told, "max-age=60, stale-if-error=0");
            Trouble.STATUS_503.befalls(told);
            assertThat(told.after(61).get("").statusCode()).isEqualTo(503);
        }

        @Test
        void a_failure_does_not_prolong_it_and_a_confirmation_does() throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60, stale-if-error=30");
            Trouble.STATUS_500.befalls(side);
            assertThat(side.after(80).get("").body()).isEqualTo("1");
            assertThat(side.after(10).get("").body()).isEqualTo("1");
            assertThat(side.after(1).get("").statusCode()).isEqualTo(500);
            stored(side, "max-age=60, stale-if-error=30");
            Trouble.STATUS_500.befalls(side);
            assertThat(side.after(90).get("").statusCode()).isEqualTo(200);
        }

        @Test
        void a_crowd_shares_one_failed_request_and_all_get_the_stale_response() throws Exception {
            Side side = stored(Side.ofMany(given), "max-age=60, stale-if-error=30");
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.status(500);
            });
            side.after(61);
            Crowd<String> crowd = Crowd.of(100, () -> side.get("").body());
            latch.awaitArrivals(1);
            latch.open();
            assertThat(crowd.values()).containsOnly("1");
        }
    }

    @Nested
    @DisplayName("each window is a window of its own")
    class Independent {
        @ParameterizedTest(name = "while-revalidate {0}, if-error {1}, after {2} s: {3}; from a failing origin {4}")
        @CsvSource({
            "10, 30, 65, STALE, STALE",
            "10, 30, 75, ASKED, STALE",
            "10, 30, 95, ASKED, ERROR",
            "30, 10, 65, STALE, STALE",
            "30, 10, 85, STALE, STALE",
            "30, 10, 95, ASKED, ERROR",
            "30, 0,  85, STALE, STALE",
            "0,  30, 65, ASKED, STALE",
            "0,  30, 85, ASKED, STALE",
            "0,  0,  65, ASKED, ERROR",
        })
        void neither_hides_the_other(int whileRevalidate, int ifError, long after, String sound, String failing)
                throws Exception {
            String response = "max-age=60, stale-while-revalidate=" + whileRevalidate + ", stale-if-error=" + ifError;
            Side well = stored(Side.ofMany(given), response);
            assertThat(well.after(after).get("").body()).isEqualTo(sound.equals("STALE") ? "1" : "2");
            well.settled(2);
            for (Trouble trouble : List.of(Trouble.STATUS_502, Trouble.REFUSED)) {
                Side ill = stored(Side.ofMany(given), response);
                trouble.befalls(ill);
                ill.after(after);
                if (failing.equals("STALE")) {
                    assertThat(ill.get("").body()).isEqualTo("1");
                } else {
                    fails(ill, trouble, "");
                }
                ill.settled(1);
            }
        }
    }

    @Nested
    @DisplayName(
            "RFC 9111 §4.2.4, §5.2.2: where staleness is forbidden neither window is there, nor ours, nor the caller's")
    class Forbidden {
        private static final String WINDOWS = ", stale-while-revalidate=600, stale-if-error=600";

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "private | max-age=60, must-revalidate",
                    "shared  | max-age=60, must-revalidate",
                    "private | max-age=60, no-cache",
                    "shared  | max-age=60, no-cache",
                    "shared  | max-age=60, proxy-revalidate",
                    "shared  | s-maxage=60",
                    "shared  | max-age=60, s-maxage=60",
                })
        void a_stale_response_is_never_used(String kind, String response) throws Exception {
            for (String windows : List.of("", WINDOWS)) {
                for (String request :
                        List.of("", "Cache-Control: max-stale", "Cache-Control: max-stale=600, stale-if-error=600")) {
                    for (Trouble trouble : List.of(Trouble.STATUS_500, Trouble.REFUSED)) {
                        neverUsed(kind, response + windows, trouble, request);
                    }
                }
            }
            for (Trouble trouble : Trouble.values()) {
                neverUsed(kind, response + WINDOWS, trouble, "Cache-Control: max-stale, stale-if-error=600");
            }
        }

        private void neverUsed(String kind, String response, Trouble trouble, String request) throws Exception {
            Freshness.Http rules = Freshness.http().shared(kind.equals("shared"));
            Side side = Side.of(
                    given,
                    rules,
                    b -> b.staleIfError(HOUR).staleWhileRevalidate(HOUR).softTimeout(Duration.ZERO));
            stored(side, response);
            trouble.befalls(side.after(61));
            fails(side, trouble, request);
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=60, proxy-revalidate", "max-age=60, s-maxage=60"})
        void in_a_private_cache_the_directives_for_shared_ones_forbid_nothing(String response) throws Exception {
            Side side = stored(Side.ofOne(given), response + WINDOWS);
            Trouble.STATUS_500.befalls(side);
            assertThat(side.after(61).get("").body()).isEqualTo("1");
            side.settled(2);
        }

        @Test
        @DisplayName("RFC 9111 §5.2.1.4: nothing stands in for a caller that says no-cache")
        void nothing_stands_in_for_a_caller_that_says_no_cache() throws Exception {
            Side side = stored(Side.ofOne(given), "max-age=60" + WINDOWS);
            Trouble.STATUS_500.befalls(side);
            assertThat(side.get("Cache-Control: no-cache").statusCode()).isEqualTo(500);
            assertThat(side.found("")).as("it is still stored").isEqualTo(Found.HIT);
        }
    }
}
