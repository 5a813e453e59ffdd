package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.Insides;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 §4: one response may answer several waiting requests, where each of them could get it from the store. */
class Rfc9111WaitersTest {
    private static final int CALLERS = 200;
    private static final int PERMITS = 8;

    @RegisterExtension
    final Invariants given = new Invariants();

    /** Lets that many callers wait for the first request, opens the latch, and returns their responses. */
    private static List<HttpResponse<String>> waiting(Side side, Latch latch, int callers, String request) {
        long before = Insides.joined(side.cache);
        Crowd<HttpResponse<String>> crowd = Crowd.of(callers, () -> side.get(request));
        Await.until("all have joined", () -> Insides.joined(side.cache) >= before + callers);
        latch.open();
        return crowd.values();
    }

    @Nested
    @DisplayName("RFC 9111 §4 constructing responses from caches: collapsed requests")
    class Section_4 {
        @ParameterizedTest(name = "{0} {1}: shared {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "private | Cache-Control: max-age=60                       | true",
                    "shared  | Cache-Control: max-age=60                       | true",
                    "shared  | Cache-Control: s-maxage=60, max-age=0           | true",
                    "private | X-None: 1                                       | true",
                    "private | Last-Modified: Tue, 03 Feb 2026 04:03:26 GMT    | true",
                    "private | Cache-Control: private, max-age=60              | true",
                    "private | Cache-Control: max-age=60; Set-Cookie: a=b      | true",
                    // a response that needs validation for every use is only for the caller of the request
                    "private | Cache-Control: max-age=0                        | false",
                    "private | Expires: 0                                      | false",
                    "private | Cache-Control: max-age=60; Age: 60              | false",
                    "private | Cache-Control: no-cache                         | false",
                    "private | Cache-Control: no-store                         | false",
                    "shared  | Cache-Control: private, max-age=60              | false",
                    "private | Cache-Control: max-age=60; Vary: *              | false",
                    "private | Set-Cookie: a=b                                 | false",
                    "private | Set-Cookie: a=b; Last-Modified: Tue, 03 Feb 2026 04:03:26 GMT | false",
                })
        void waiters_get_an_answer_that_they_could_have_from_the_store(String kind, String fields, boolean shared) {
            Freshness.Http rules = Freshness.http().shared(kind.equals("shared"));
            Side side = Side.of(given, rules, b -> b.connectionsPerOrigin(PERMITS));
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.send(200, Side.body(call), Side.lines(fields));
            });
            List<HttpResponse<String>> responses = waiting(side, latch, CALLERS, "");
            HashSet<String> bodies = new HashSet<>();
            responses.forEach(response -> bodies.add(response.body()));
            assertThat(bodies).hasSize(shared ? 1 : CALLERS);
            assertThat(side.origin.requests()).isEqualTo(shared ? 1 : CALLERS);
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=0", "no-cache", "no-store", "private"})
        void waiters_that_may_not_have_it_go_on_side_by_side_within_the_permits(String directive) throws Exception {
            Side side = Side.of(given, Freshness.http().shared(true), b -> b.connectionsPerOrigin(PERMITS));
            Latch latch = given.latch();
            AtomicInteger now = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CyclicBarrier together = new CyclicBarrier(PERMITS);
            side.origin.on("/a", call -> {
                if (call.number() == 1) {
                    latch.pass();
                } else {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    together.await(); // no response before so many requests are here
                    now.decrementAndGet();
                }
                call.send(200, Side.body(call), "Cache-Control: " + directive);
            });
            waiting(side, latch, 1 + 10 * PERMITS, "");
            assertThat(most.get()).isEqualTo(PERMITS);
        }

        @Test
        void each_who_waits_is_judged_by_its_own_request() throws Exception {
            Side side = Side.ofMany(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.send(200, Side.body(call), "Cache-Control: max-age=60", "Age: 20");
            });
            List<String> requests = List.of("foo", "max-age=20", "min-fresh=40", "max-age=19", "min-fresh=41");
            Crowd<Boolean> crowd = Crowd.of(
                    200,
                    i -> () -> Side.cacheStatus(side.get("Cache-Control: " + (i == 0 ? "foo" : requests.get(i % 5))))
                            .contains("collapsed"));
            Await.until("all have joined", () -> Insides.joined(side.cache) == 200);
            latch.open();
            List<Boolean> collapsed = crowd.values();
            for (int i = 0; i < 200; i++) {
                if (i % 5 >= 3) {
                    assertThat(collapsed.get(i)).as(requests.get(i % 5)).isFalse();
                }
            }
            assertThat(collapsed.stream().filter(each -> each).count()).isBetween(118L, 120L);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "private | no-cache=\"set-cookie\"",
                    "shared  | no-cache=\"set-cookie\"",
                    "shared  | private=\"set-cookie\"",
                })
        void fields_left_out_of_the_store_are_seen_by_the_caller_that_asked(String kind, String directive) {
            Side side = Side.of(given, kind);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.send(200, Side.body(call), "Set-Cookie: a=b", "Cache-Control: max-age=60, " + directive);
            });
            List<HttpResponse<String>> responses = waiting(side, latch, CALLERS, "");
            assertThat(side.origin.requests()).isEqualTo(1);
            assertThat(responses.stream()
                            .filter(response ->
                                    response.headers().firstValue("set-cookie").isPresent()))
                    .hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"max-age=0", "no-cache", "min-fresh=59"})
        void the_time_under_way_does_not_keep_a_crowd_of_reloads_from_sharing(String directive) {
            Side side = Side.ofOne(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                side.clock.advance(Duration.ofMillis(300));
                call.send(200, Side.body(call), "Cache-Control: max-age=60");
            });
            waiting(side, latch, CALLERS, "Cache-Control: " + directive);
            assertThat(side.origin.requests()).isLessThanOrEqualTo(2);
        }

        @Test
        void a_confirmation_that_says_no_store_is_for_the_one_that_asked() throws Exception {
            Side side = Side.ofOne(given);
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    latch.pass();
                    call.status(304, "Cache-Control: no-store", Side.TAG);
                } else {
                    call.send(200, Side.body(call), "Cache-Control: max-age=60", Side.TAG);
                }
            });
            side.get("");
            side.after(61);
            List<HttpResponse<String>> responses = waiting(side, latch, 20, "");
            assertThat(responses).map(Side::cacheStatus).noneMatch(status -> status.contains("collapsed"));
            assertThat(responses).map(HttpResponse::body).contains("1", "3");
        }

        @Test
        void after_an_answer_for_one_the_next_crowd_does_not_queue_behind_a_first() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.connectionsPerOrigin(PERMITS));
            side.answers(200, "Cache-Control: no-store").get("");
            CyclicBarrier together = new CyclicBarrier(PERMITS);
            side.origin.on("/a", call -> {
                together.await();
                call.send(200, Side.body(call), "Cache-Control: no-store");
            });
            assertThat(Crowd.of(PERMITS, () -> side.get("").statusCode()).values())
                    .containsOnly(200);
        }
    }

    @Nested
    @DisplayName("our own choice: failures are shared, unless shareErrors(false)")
    class Failures {
        @ParameterizedTest
        @CsvSource({
            "500, true, 1",
            "503, true, 1",
            "429, true, 1",
            "408, true, 1",
            "500, false, 50",
            "404, true, 1",
            "403, true, 50"
        })
        void an_outage_is_one_for_all_who_wait(int status, boolean share, int requests) {
            Side side = Side.of(given, Freshness.http(), b -> b.shareErrors(share));
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.send(status, Side.body(call));
            });
            assertThat(waiting(side, latch, 50, ""))
                    .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(status));
            assertThat(side.origin.requests()).isEqualTo(requests);
        }
    }
}
