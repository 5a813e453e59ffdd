package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RFC 9211: the Cache-Status field of a response says how the cache handled the request. The cache neither stores its
 * own entry nor sends the field to the origin.
 */
class Rfc9211Test {
    private static final String MINUTE = "Cache-Control: max-age=60";

    @RegisterExtension
    final Invariants given = new Invariants();

    private static void isTold(HttpResponse<?> response, String expected) {
        assertThat(response.headers().allValues("cache-status")).containsExactly(expected);
    }

    @Nested
    @DisplayName("RFC 9211 §2.1 to §2.8 the parameters")
    class Section_2 {
        @Test
        void a_miss_and_a_hit() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE);
            isTold(side.get(""), "Fetchonce; fwd=uri-miss; fwd-status=200; stored; ttl=60");
            isTold(side.after(10).get(""), "Fetchonce; hit; ttl=50");
            isTold(side.after(49).get(""), "Fetchonce; hit; ttl=1");
        }

        @Test
        void stale_with_a_new_answer_and_with_a_304() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE);
            side.get("");
            isTold(side.after(70).get(""), "Fetchonce; fwd=stale; fwd-status=200; stored; ttl=60");
            side.storable(200, MINUTE).after(61).get("");
            isTold(side.after(61).get(""), "Fetchonce; fwd=stale; fwd-status=304; stored; ttl=60");
        }

        @Test
        void a_request_that_does_not_want_what_is_stored() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE);
            side.get("");
            for (String request : List.of("no-cache", "min-fresh=70", "max-age=5")) {
                side.after(6);
                isTold(side.get("Cache-Control: " + request), "Fetchonce; fwd=request; fwd-status=200; stored; ttl=60");
            }
        }

        @Test
        void a_request_for_another_variant() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE + "; Vary: X-A");
            side.get("X-A: 1");
            isTold(side.get("X-A: 2"), "Fetchonce; fwd=vary-miss; fwd-status=200; stored; ttl=60");
        }

        @Test
        void a_response_stored_for_other_users_is_as_good_as_nothing() throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE);
            side.get("");
            isTold(side.get("Authorization: a"), "Fetchonce; fwd=uri-miss; fwd-status=200; stored; ttl=60");
        }

        @ParameterizedTest(name = "{0} {1}: {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "GET     | Cache-Control: no-store | Fetchonce; fwd=request; fwd-status=200",
                    "GET     | If-Match: \"1\"         | Fetchonce; fwd=request; fwd-status=200",
                    "GET     | Range: bytes=0-0        | Fetchonce; fwd=miss; fwd-status=200",
                    "HEAD    | X-None: 1               | Fetchonce; fwd=method; fwd-status=200",
                    "POST    | X-None: 1               | Fetchonce; fwd=method; fwd-status=200",
                    "OPTIONS | X-None: 1               | Fetchonce; fwd=method; fwd-status=200",
                })
        void a_request_that_goes_past_the_cache(String method, String request, String told) throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> call.status(200, MINUTE));
            isTold(side.send(method, "/a", request), told);
        }

        @Test
        void a_body_too_long_to_be_stored() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.maximumBodyBytes(10));
            side.origin.on("/a", call -> call.send(200, new byte[11], MINUTE));
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> response = side.get("");
                isTold(response, "Fetchonce; fwd=uri-miss; fwd-status=200; detail=too-large");
                assertThat(response.body()).hasSize(11);
            }
        }

        @Test
        void a_get_with_a_body_is_none_of_its_affair() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                call.status(200, MINUTE, "Connection: close");
                call.end();
            });
            isTold(
                    side.client.send(
                            java.net.http.HttpRequest.newBuilder(side.origin.uri("/a"))
                                    .method("GET", BodyPublishers.ofString("x"))
                                    .build(),
                            BodyHandlers.ofString()),
                    "Fetchonce; fwd=bypass; fwd-status=200");
        }

        @ParameterizedTest(name = "{0} {1}: {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "200 | Cache-Control: no-store | Fetchonce; fwd=uri-miss; fwd-status=200; detail=no-store",
                    "404 | Cache-Control: max-age=60 | Fetchonce; fwd=uri-miss; fwd-status=404; stored; ttl=60",
                    "404 | ''                      | Fetchonce; fwd=uri-miss; fwd-status=404; stored; ttl=0",
                    "403 | ''                      | Fetchonce; fwd=uri-miss; fwd-status=403; detail=no-reason",
                    "500 | ''                      | Fetchonce; fwd=uri-miss; fwd-status=500; ttl=0; detail=no-reason",
                    "200 | ''                      | Fetchonce; fwd=uri-miss; fwd-status=200; stored; ttl=0",
                    "200 | Cache-Control: max-age=60; Age: 90 | Fetchonce; fwd=uri-miss; fwd-status=200; stored; ttl=-30",
                })
        void a_response_that_is_not_stored_or_not_fresh(int status, String fields, String told) throws Exception {
            isTold(Side.ofOne(given).answers(status, fields).get(""), told);
        }

        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "500 | Fetchonce; fwd=stale; fwd-status=500; ttl=-10; detail=status",
                    "503 | Fetchonce; fwd=stale; fwd-status=503; ttl=-10; detail=status",
                    "0   | Fetchonce; fwd=stale; ttl=-10; detail=connect",
                })
        void a_stale_response_in_place_of_an_error_says_so(int status, String told) throws Exception {
            Side side = Side.ofOne(given).answers(200, MINUTE + ", stale-if-error=60");
            side.get("");
            if (status == 0) {
                side.origin.down();
            } else {
                side.answers(status, "");
            }
            isTold(side.after(70).get(""), told);
        }

        @Test
        void the_callers_that_waited_for_one_request_are_marked_so() throws Exception {
            Side side = Side.ofMany(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.json("1", MINUTE);
            });
            Crowd<HttpResponse<String>> crowd = Crowd.of(10, () -> side.get(""));
            Await.until("all have joined", () -> Insides.joined(side.cache) == 10);
            latch.open();
            List<String> told = crowd.values().stream().map(Side::cacheStatus).toList();
            assertThat(Collections.frequency(told, "Fetchonce; fwd=uri-miss; fwd-status=200; stored; ttl=60"))
                    .isEqualTo(1);
            assertThat(Collections.frequency(
                            told, "Fetchonce; fwd=uri-miss; fwd-status=200; stored; collapsed; ttl=60"))
                    .isEqualTo(9);
        }
    }

    @Nested
    @DisplayName("RFC 9211 §2 the field")
    class Field {
        @Test
        void the_members_of_earlier_caches_stay_in_front_and_ours_is_not_stored() throws Exception {
            Side side = Side.ofMany(given);
            String[] lines = {"Cache-Status: Up;hit", "Cache-Status: \"Near er\";fwd=stale", MINUTE};
            side.origin.on("/a", call -> call.send(200, Side.body(call), lines));
            isTold(
                    side.get(""),
                    "Up;hit, \"Near er\";fwd=stale, Fetchonce; fwd=uri-miss; fwd-status=200; stored; ttl=60");
            for (int i = 0; i < 3; i++) {
                isTold(side.get(""), "Up;hit, \"Near er\";fwd=stale, Fetchonce; hit; ttl=60");
            }
        }

        @Test
        void it_is_not_sent_to_the_origin() throws Exception {
            Side side = Side.ofOne(given).storable(200, MINUTE);
            side.get("");
            side.after(61).get("");
            assertThat(side.origin.calls("/a"))
                    .allSatisfy(call -> assertThat(call.fields()).doesNotContainKey("Cache-Status"));
        }

        @Test
        void a_304_that_brings_one_updates_that_of_upstream_only() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                if (call.number() == 1) {
                    call.json("1", MINUTE, "ETag: \"1\"", "Cache-Status: Up;fwd=miss");
                } else {
                    call.status(304, MINUTE, "ETag: \"1\"", "Cache-Status: Up;hit");
                }
            });
            side.get("");
            isTold(side.after(61).get(""), "Up;hit, Fetchonce; fwd=stale; fwd-status=304; stored; ttl=60");
            isTold(side.get(""), "Up;hit, Fetchonce; hit; ttl=60");
        }

        @ParameterizedTest
        @CsvSource({"Mine, Mine", "my.cache:80/x, my.cache:80/x", "My cache, \"My cache\"", "1st, \"1st\""})
        void its_name_is_a_token_or_a_string(String name, String told) throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.cacheName(name)).answers(200, MINUTE);
            side.get("");
            isTold(side.get(""), told + "; hit; ttl=60");
        }
    }
}
