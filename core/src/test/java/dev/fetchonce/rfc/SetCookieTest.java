package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A session belongs to one user. RFC 9111 §7.3 leaves the handling of Set-Cookie to the cache. This cache gives the
 * field to the caller of the request, and keeps it for no other caller.
 */
class SetCookieTest {
    private static final int CALLERS = 50;

    @RegisterExtension
    final Invariants given = new Invariants();

    private static List<String> cookies(HttpHeaders fields) {
        return fields.map().entrySet().stream()
                .filter(field ->
                        field.getKey().toLowerCase(java.util.Locale.ROOT).startsWith("set-cookie"))
                .flatMap(field -> field.getValue().stream())
                .toList();
    }

    private static List<String> cookies(HttpResponse<?> response) {
        return cookies(response.headers());
    }

    @Nested
    @DisplayName("where HTTP decides, in a shared cache and in what everybody may have")
    class Http {
        @ParameterizedTest(name = "{0}, {1}, {2}, request {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "shared  | public, max-age=60          | Set-Cookie: sid=1                   | ''",
                    "shared  | public, max-age=60          | set-cookie: sid=1; Set-Cookie: b=2  | ''",
                    "shared  | public, max-age=60          | SET-COOKIE2: sid=1                  | ''",
                    "shared  | public, max-age=60          | Set-Cookie: sid=1                   | Cookie: a=b",
                    "shared  | public, max-age=60          | Set-Cookie: sid=1                   | Authorization: a",
                    "shared  | max-age=60                  | Set-Cookie: sid=1                   | ''",
                    "shared  | max-age=60                  | Set-Cookie: sid=1                   | Cookie: a=b",
                    "shared  | s-maxage=60                 | Set-Cookie: sid=1                   | ''",
                    "shared  | max-age=60, must-revalidate | Set-Cookie: sid=1                   | ''",
                    "shared  | max-age=60, no-cache=x      | Set-Cookie: sid=1                   | ''",
                    "private | public, max-age=60          | Set-Cookie: sid=1                   | ''",
                    "private | public, max-age=60          | Set-Cookie2: sid=1                  | ''",
                    "private | public, max-age=60          | Set-Cookie: sid=1                   | Cookie: a=b",
                    "private | public, max-age=60          | Set-Cookie: sid=1                   | Authorization: a",
                    "private | max-age=60, no-cache=\"set-cookie\" | Set-Cookie: sid=1           | ''",
                })
        void only_the_caller_that_asked_gets_the_cookie(String kind, String says, String cookie, String request)
                throws Exception {
            Side side = Side.of(given, kind).answers(200, "Cache-Control: " + says + "; " + cookie);
            assertThat(cookies(side.get(request))).isNotEmpty();
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> hit = side.get(request);
                assertThat(hit.body()).isEqualTo("1");
                assertThat(cookies(hit)).isEmpty();
            }
            assertThat(side.origin.requests()).isEqualTo(1);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "shared  | 404 | max-age=60",
                    "shared  | 301 | max-age=60",
                    "shared  | 503 | max-age=60",
                    "private | 404 | public, max-age=60",
                    "private | 301 | public, max-age=60",
                })
        void other_statuses_are_kept_without_it_as_well(String kind, int status, String says) throws Exception {
            Side side = Side.of(given, kind)
                    .answers(status, "Cache-Control: " + says + "; Location: /b; Set-Cookie: sid=1");
            assertThat(cookies(side.get(""))).containsExactly("sid=1");
            assertThat(cookies(side.get(""))).isEmpty();
            assertThat(side.origin.requests()).isEqualTo(1);
        }

        @ParameterizedTest
        @CsvSource({"shared, max-age=60", "private, 'public, max-age=60'"})
        void a_304_gives_it_to_the_caller_that_asked_only(String kind, String says) throws Exception {
            Side side = Side.of(given, kind);
            side.origin.on("/a", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, Side.TAG, "Cache-Control: " + says, "Set-Cookie: sid=" + call.number());
                } else {
                    call.send(200, Side.body(call), "Cache-Control: " + says, Side.TAG);
                }
            });
            side.get("");
            assertThat(cookies(side.after(60).get(""))).containsExactly("sid=2");
            assertThat(cookies(side.get(""))).isEmpty();
            assertThat(cookies(side.get("Cookie: a=b"))).doesNotContain("sid=2");
        }

        @ParameterizedTest
        @CsvSource({"shared, max-age=60", "private, 'public, max-age=60'"})
        void the_answer_to_head_leaves_none_behind(String kind, String says) throws Exception {
            Side side = Side.of(given, kind);
            side.origin.on("/a", call -> {
                if (call.number() == 2) {
                    call.raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: \"1\"\r\nX-New: 1\r\nSet-Cookie: sid=2\r\n"
                            + "Cache-Control: " + says + "\r\n\r\n");
                } else {
                    call.send(200, Side.body(call), "Cache-Control: " + says, Side.TAG);
                }
            });
            side.get("");
            side.after(60).send("HEAD", "/a", "");
            HttpResponse<String> hit = side.get("");
            assertThat(hit.headers().firstValue("x-new")).hasValue("1");
            assertThat(cookies(hit)).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"shared, max-age=60", "private, 'public, max-age=60'"})
        void a_part_is_kept_without_it_and_so_is_the_whole_that_parts_make(String kind, String says) throws Exception {
            Side side = Side.of(given, kind);
            side.origin.on("/a", call -> {
                boolean first = call.field("Range").orElse("").contains("0-1");
                call.send(
                        206,
                        (first ? "ab" : "cd").getBytes(StandardCharsets.US_ASCII),
                        "Content-Range: bytes " + (first ? "0-1" : "2-3") + "/4",
                        "Cache-Control: " + says,
                        "Set-Cookie: sid=1",
                        Side.TAG);
            });
            assertThat(cookies(side.get("Range: bytes=0-1"))).containsExactly("sid=1");
            assertThat(cookies(side.get("Range: bytes=0-1"))).isEmpty();
            side.get("Range: bytes=2-3");
            HttpResponse<String> whole = side.get("");
            assertThat(whole.body()).isEqualTo("abcd");
            assertThat(cookies(whole)).isEmpty();
            assertThat(side.origin.requests()).isEqualTo(2);
        }

        @Test
        void a_response_that_becomes_public_loses_the_cookie_of_its_user() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, Side.TAG, "Cache-Control: max-age=60, public");
                } else {
                    call.send(200, Side.body(call), "Cache-Control: max-age=60", "Set-Cookie: sid=1", Side.TAG);
                }
            });
            side.get("Authorization: a");
            side.after(60).get("Authorization: a");
            assertThat(side.found("Authorization: b")).isEqualTo(Found.HIT);
            for (String who : List.of("Authorization: a", "Authorization: b", "")) {
                assertThat(cookies(side.get(who))).isEmpty();
            }
        }

        @ParameterizedTest(name = "{0} {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "shared  | Cache-Control: public, max-age=60; Set-Cookie: sid=1",
                    "shared  | Cache-Control: public, max-age=60; Set-Cookie2: sid=1",
                    "shared  | Cache-Control: max-age=60; Set-Cookie: sid=1",
                    "shared  | Cache-Control: max-age=0; Set-Cookie: sid=1",
                    "shared  | Set-Cookie: sid=1",
                    "private | Cache-Control: public, max-age=60; Set-Cookie: sid=1",
                    "private | Cache-Control: max-age=60; Set-Cookie: sid=1",
                    "private | Set-Cookie: sid=1",
                    "private | Set-Cookie2: sid=1",
                })
        void waiters_share_no_cookie(String kind, String fields) {
            Side side = Side.of(given, kind);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.send(200, Side.body(call), Side.lines(fields.replace("sid=1", "sid=" + call.number())));
            });
            Crowd<HttpResponse<String>> crowd = Crowd.of(CALLERS, () -> side.get(""));
            Await.until("all have joined", () -> Insides.joined(side.cache) >= CALLERS);
            latch.open();
            assertThat(crowd.values().stream().flatMap(response -> cookies(response).stream()))
                    .doesNotHaveDuplicates();
        }

        @Test
        void a_crowd_asks_once_where_what_is_kept_will_do_for_the_others() {
            Side side = Side.ofMany(given);
            for (int round = 1; round <= 3; round++) {
                Latch latch = given.latch();
                side.origin.on("/a", call -> {
                    latch.pass();
                    call.send(200, Side.body(call), "Cache-Control: public, max-age=1", "Set-Cookie: sid=1");
                });
                long before = Insides.joined(side.cache);
                Crowd<HttpResponse<String>> crowd = Crowd.of(CALLERS, () -> side.get(""));
                Await.until("all have joined", () -> Insides.joined(side.cache) >= before + CALLERS);
                latch.open();
                crowd.values();
                assertThat(side.origin.requests()).isEqualTo(round);
                side.after(2);
            }
        }

        @Test
        void a_failure_that_many_share_has_no_cookie_but_for_the_first() {
            Side side = Side.ofOne(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.send(503, Side.body(call), "Set-Cookie: sid=1", "Set-Cookie2: sid=1");
            });
            Crowd<HttpResponse<String>> crowd = Crowd.of(CALLERS, () -> side.get(""));
            Await.until("all have joined", () -> Insides.joined(side.cache) >= CALLERS);
            latch.open();
            assertThat(crowd.values().stream()
                            .filter(response -> !cookies(response).isEmpty()))
                    .hasSize(1);
        }

        @Test
        void in_a_cache_of_one_user_its_own_cookie_stays() throws Exception {
            Side side = Side.ofOne(given).answers(200, "Cache-Control: max-age=60; Set-Cookie: sid=1");
            side.get("Cookie: a=b");
            assertThat(cookies(side.get("Cookie: a=b"))).containsExactly("sid=1");
        }

        @Test
        void a_value_that_is_asked_for_is_kept_without_it_too() throws Exception {
            Side side = Side.ofMany(given);
            side.origin.json("/a", "[1]", "Cache-Control: public, max-age=60", "Set-Cookie: sid=1");
            assertThat(cookies(side.cache.fetch(side.origin.url("/a")).headers()))
                    .containsExactly("sid=1");
            assertThat(cookies(side.cache.fetch(side.origin.url("/a")).headers()))
                    .isEmpty();
        }
    }

    @Nested
    @DisplayName("with a TTL, which many users may share")
    class Ttl {
        private final TestClock clock = new TestClock();
        private final FakeOrigin origin = given.origin();

        private HttpCache cache() {
            return given.cache(
                    b -> b.freshness(Freshness.ttl(Duration.ofSeconds(20))).clock(clock::nanoTime, clock.wall()));
        }

        @ParameterizedTest
        @ValueSource(strings = {"Set-Cookie", "set-cookie", "Set-Cookie2"})
        void only_the_caller_that_asked_gets_it(String name) throws Exception {
            origin.on("/a", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, "ETag: \"1\"", name + ": sid=" + call.number());
                } else {
                    call.json("[1]", "ETag: \"1\"", name + ": sid=" + call.number());
                }
            });
            HttpCache cache = cache();
            for (int i = 1; i <= 3; i++) {
                assertThat(cookies(cache.fetch(origin.url("/a")).headers())).containsExactly("sid=" + i);
                CachedResponse hit = cache.fetch(origin.url("/a"));
                assertThat(hit.served()).isEqualTo(Served.HIT);
                assertThat(cookies(hit.headers())).isEmpty();
                assertThat(cookies(cache.peek(origin.uri("/a")).orElseThrow().headers()))
                        .isEmpty();
                clock.advance(Duration.ofSeconds(20));
            }
            origin.on("/a", call -> call.status(500));
            CachedResponse standIn = cache.fetch(origin.url("/a"));
            assertThat(standIn.served()).isEqualTo(Served.STALE_ERROR);
            assertThat(cookies(standIn.headers())).isEmpty();
        }

        @Test
        void waiters_share_the_answer_without_it() {
            Latch latch = given.latch();
            origin.on("/a", call -> {
                latch.pass();
                call.json("[1]", "Set-Cookie: sid=1");
            });
            HttpCache cache = cache();
            Crowd<CachedResponse> crowd = Crowd.of(CALLERS, () -> cache.fetch(origin.url("/a")));
            Await.until("all have joined", () -> Insides.joined(cache) == CALLERS);
            latch.open();
            assertThat(crowd.values().stream()
                            .filter(response -> !cookies(response.headers()).isEmpty()))
                    .hasSize(1);
            assertThat(origin.requests()).isEqualTo(1);
        }
    }
}
