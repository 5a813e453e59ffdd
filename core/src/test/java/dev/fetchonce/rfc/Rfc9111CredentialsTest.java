package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.Insides;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Responses to requests with credentials (RFC 9111 §3.5, §7.1). A caller with the same credentials gets them; other
 * callers get them only if the response allows it.
 */
class Rfc9111CredentialsTest {
    private static final int CALLERS = 10_000;
    private static final int TOKENS = 100;

    @RegisterExtension
    final Invariants given = new Invariants();

    /** Answers with the credential of the request as the body. */
    private static void tellsWhoAsked(Side side, Latch latch, String... fields) {
        side.origin.on("/a", call -> {
            latch.pass();
            call.send(200, credential(call).getBytes(StandardCharsets.US_ASCII), fields);
        });
    }

    private static String credential(Call call) {
        return call.field("Authorization").or(() -> call.field("Cookie")).orElse("nobody");
    }

    private static Map<String, Long> requestsByCredential(Side side) {
        return side.origin.calls("/a").stream()
                .collect(Collectors.groupingBy(Rfc9111CredentialsTest::credential, Collectors.counting()));
    }

    /**
     * Lets many callers send their tokens at the same time, and checks that each gets the response for its own token.
     */
    private static void everyoneGetsTheirOwn(Side side, String field, Latch latch) {
        Crowd<Boolean> crowd = Crowd.of(CALLERS, i -> () -> {
            String token = "t" + i % TOKENS;
            return side.get(field + ": " + token).body().equals(token);
        });
        Await.until("all have joined", () -> Insides.joined(side.cache) >= CALLERS);
        latch.open();
        assertThat(crowd.values()).as("who got what is somebody else's").doesNotContain(false);
    }

    @Nested
    @DisplayName("a crowd with different credentials")
    class Crowds {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "private | Authorization | Cache-Control: max-age=60",
                    "private | Authorization | Cache-Control: max-age=60, private",
                    "private | Authorization | X-None: 1",
                    "private | Cookie        | Cache-Control: max-age=60",
                    "shared  | Cookie        | Cache-Control: max-age=60",
                })
        void each_token_is_asked_for_once_and_no_caller_gets_the_answer_to_another(
                String kind, String field, String response) {
            Side side = Side.of(given, kind);
            Latch latch = given.latch();
            tellsWhoAsked(side, latch, response);
            everyoneGetsTheirOwn(side, field, latch);
            assertThat(requestsByCredential(side))
                    .hasSize(TOKENS)
                    .allSatisfy((token, requests) -> assertThat(requests).isEqualTo(1));
        }

        @Test
        void in_a_shared_cache_every_caller_asks_for_itself_where_nothing_says_that_it_is_for_others()
                throws Exception {
            Side side = Side.ofMany(given);
            Latch latch = given.latch();
            latch.open();
            tellsWhoAsked(side, latch, "Cache-Control: max-age=60");
            Crowd<Boolean> crowd = Crowd.of(1_000, i -> () -> {
                String token = "t" + i % TOKENS;
                return side.get("Authorization: " + token).body().equals(token);
            });
            assertThat(crowd.values()).doesNotContain(false);
            assertThat(side.origin.requests()).as("nothing is stored").isEqualTo(1_000);
            assertThat(side.cache.stats().entries()).isZero();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "private | Cache-Control: max-age=60, public",
                    "shared  | Cache-Control: max-age=60, public",
                    "shared  | Cache-Control: s-maxage=60",
                    "shared  | Cache-Control: max-age=60, must-revalidate",
                })
        void a_public_response_is_for_all_callers_once_it_is_stored(String kind, String response) {
            Side side = Side.of(given, kind);
            Latch latch = given.latch();
            latch.open();
            side.origin.on("/a", call -> call.send(200, "all".getBytes(StandardCharsets.US_ASCII), response));
            Crowd.one(() -> side.get("Authorization: first")).value();
            Crowd<String> crowd = Crowd.of(
                    CALLERS,
                    i -> () -> side.get("Authorization: t" + i % TOKENS).body());
            assertThat(crowd.values()).containsOnly("all");
            assertThat(side.origin.requests()).isEqualTo(1);
        }
    }

    @Nested
    @DisplayName("one after the other")
    class Alone {
        @ParameterizedTest
        @ValueSource(strings = {"Authorization", "Cookie"})
        void authorization_and_cookie_tell_users_apart(String name) throws Exception {
            Side side = Side.ofOne(given).answers(200, "Cache-Control: max-age=60");
            side.get(name + ": a");
            assertThat(side.found(name + ": a")).isEqualTo(Found.HIT);
            assertThat(side.found(name + ": b")).isEqualTo(Found.ASKED);
            assertThat(side.found("")).isEqualTo(Found.ASKED);
            assertThat(side.found("Authorization: a; Cookie: a")).isEqualTo(Found.ASKED);
            assertThat(side.found(name + ": a")).as("all of them are stored").isEqualTo(Found.HIT);
        }

        @Test
        void a_public_response_does_not_stand_behind_an_earlier_private_one() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.send(
                            200,
                            Side.body(call),
                            "Cache-Control: max-age=60" + (call.number() == 1 ? "" : ", public")));
            side.get("Authorization: a");
            assertThat(side.after(61).get("Authorization: a").body()).isEqualTo("2");
            assertThat(side.get("Authorization: a").body()).isEqualTo("2");
            assertThat(side.get("Authorization: b").body()).isEqualTo("2");
        }

        @Test
        void a_response_that_is_no_longer_public_is_for_its_own_user() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on(
                    "/a",
                    call -> call.send(
                            200,
                            Side.body(call),
                            "Cache-Control: max-age=60" + (call.number() == 1 ? ", public" : "")));
            side.get("Authorization: a");
            assertThat(side.after(61).get("Authorization: a").body()).isEqualTo("2");
            assertThat(side.get("Authorization: a").body()).isEqualTo("2");
            assertThat(side.get("Authorization: b").body()).isEqualTo("3");
        }

        @Test
        void a_public_response_that_varies_on_the_credentials_is_for_the_same_ones_only() throws Exception {
            Side side = Side.ofMany(given).answers(200, "Cache-Control: max-age=60, public; Vary: Authorization");
            side.get("Authorization: a");
            assertThat(side.found("Authorization: a")).isEqualTo(Found.HIT);
            assertThat(side.found("Authorization: b")).isEqualTo(Found.ASKED);
            assertThat(side.found("")).isEqualTo(Found.ASKED);
        }

        @Test
        void a_stale_public_response_is_validated_by_anybody_and_then_everybodys() throws Exception {
            Side side = Side.ofOne(given).storable(200, "Cache-Control: max-age=60, public");
            side.get("Authorization: a");
            assertThat(side.after(61).found("Authorization: b")).isEqualTo(Found.VALIDATED);
            for (String who : List.of("Authorization: a", "Authorization: b", "Cookie: c", "")) {
                assertThat(side.found(who)).isEqualTo(Found.HIT);
            }
        }

        @Test
        void a_public_response_that_is_withdrawn_is_withdrawn_from_all_users() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, "Cache-Control: no-store", Side.TAG);
                } else {
                    call.send(200, Side.body(call), "Cache-Control: max-age=60, public", Side.TAG);
                }
            });
            side.get("Authorization: a");
            side.after(61).get("Authorization: b");
            assertThat(side.found("Authorization: c"))
                    .as("nothing is left to validate")
                    .isEqualTo(Found.ASKED);
        }

        @Test
        void the_head_of_one_user_brings_nothing_for_the_others() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                if (call.number() == 2) {
                    call.raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: \"1\"\r\nX-User: b\r\n"
                            + "Cache-Control: max-age=60, private\r\n\r\n");
                } else {
                    call.send(200, Side.body(call), "Cache-Control: max-age=60, public", Side.TAG);
                }
            });
            side.get("");
            side.after(61).send("HEAD", "/a", "Authorization: b");
            for (String who : List.of("", "Authorization: a", "Authorization: b")) {
                assertThat(side.get(who).headers().firstValue("x-user")).isEmpty();
            }
        }

        @Test
        void partition_by_takes_the_place_of_the_credentials() throws Exception {
            Side side = Side.of(
                            given,
                            Freshness.http(),
                            b -> b.partitionBy(
                                    headers -> headers.firstValue("X-Tenant").orElse("")))
                    .answers(200, "Cache-Control: max-age=60");
            side.get("X-Tenant: one; Authorization: a");
            assertThat(side.found("X-Tenant: one; Authorization: b")).isEqualTo(Found.HIT);
            assertThat(side.found("X-Tenant: two; Authorization: a")).isEqualTo(Found.ASKED);
            assertThat(side.found("Authorization: a")).isEqualTo(Found.ASKED);
        }

        @Test
        void whatever_the_partition_a_shared_cache_stores_what_it_may() throws Exception {
            Side side = Side.of(given, Freshness.http().shared(true), b -> b.partitionBy(headers -> "all"))
                    .answers(200, "Cache-Control: max-age=60");
            side.get("Authorization: a");
            assertThat(side.found("Authorization: a")).isEqualTo(Found.ASKED);
        }

        @Test
        void the_caches_own_credentials_are_not_for_callers_that_bring_none() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.header("Authorization", "mine"))
                    .answers(200, "Cache-Control: max-age=60");
            side.cache.fetch(side.origin.url("/a"));
            HttpResponse<String> bare = side.get("");
            assertThat(side.origin.calls("/a").getLast().field("Authorization")).isEmpty();
            assertThat(bare.body()).isEqualTo("2");
        }
    }
}
