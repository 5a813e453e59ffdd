package dev.fetchonce.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * An interrupt or the end of the patience of a caller affects only that caller. A fetch or a function that hangs does
 * not hold a URL for ever.
 */
class PatienceTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();
    private Latch latch;

    @BeforeEach
    void slow_origin() {
        latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("[" + call.number() + "]");
        });
    }

    private HttpRequest within(Duration patience) {
        return HttpRequest.newBuilder(origin.uri("/a")).timeout(patience).build();
    }

    @Test
    void an_interrupted_leader_leaves_at_once_and_the_followers_get_their_answer() {
        HttpCache cache = given.cache();
        Crowd<JsonNode> leader = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);
        Crowd<JsonNode> followers = Crowd.of(100, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 101);

        leader.interruptAll();
        assertThat(leader.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        assertThat(followers.done()).isFalse();
        latch.open();

        assertThat(followers.values())
                .allSatisfy(tree -> assertThat(tree.get(0).intValue()).isEqualTo(1));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void interrupted_followers_leave_at_once_and_the_leader_gets_its_answer() {
        HttpCache cache = given.cache();
        Crowd<JsonNode> leader = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);
        Crowd<JsonNode> followers = Crowd.of(100, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 101);

        followers.interruptAll();
        assertThat(followers.thrown()).allSatisfy(e -> assertThat(e).isInstanceOf(InterruptedException.class));
        latch.open();

        assertThat(leader.value().get(0).intValue()).isEqualTo(1);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void an_interrupt_of_a_stale_answers_revalidation_is_no_failure_to_be_covered() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        origin.json("/b", "[1]");
        cache.get(origin.url("/b"));
        clock.advance(Duration.ofMinutes(1));
        origin.on("/b", call -> {
            latch.pass();
            call.json("[2]");
        });
        Crowd<JsonNode> caller = Crowd.one(() -> cache.get(origin.url("/b")));
        latch.awaitArrivals(1);
        caller.interruptAll();
        assertThat(caller.thrown().getFirst()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void when_all_have_left_the_fetch_still_lands_and_is_stored() throws Exception {
        HttpCache cache = given.cache();
        Crowd<JsonNode> callers = Crowd.of(10, () -> cache.get(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 10);
        callers.interruptAll();
        assertThat(callers.thrown()).hasSize(10);
        assertThat(cache.stats().fetchesInProgress()).isEqualTo(1);
        latch.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);

        assertThat(cache.peek(origin.uri("/a")).orElseThrow().stale()).isFalse();
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void an_interrupted_thread_gets_a_fresh_hit_and_keeps_its_interrupt_but_does_not_wait() throws Exception {
        HttpCache cache = given.cache();
        Latch held = given.latch(); // a caller does not wait for a fetch that has landed
        origin.on("/held", call -> {
            held.pass();
            call.json("[2]");
        });
        latch.open();
        cache.get(origin.url("/a"));

        Thread.currentThread().interrupt();
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThatThrownBy(() -> cache.get(origin.url("/held"))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        held.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
    }

    @Test
    void the_patience_of_one_caller_is_its_own_affair() {
        HttpCache cache = given.cache();
        Crowd<JsonNode> patient = Crowd.one(() -> cache.get(origin.url("/a")));
        latch.awaitArrivals(1);

        assertThatThrownBy(() -> cache.fetch(within(Duration.ofMillis(50))))
                .isExactlyInstanceOf(FetchTimeoutException.class)
                .hasMessage("waited 50 ms (patience) for " + origin.url("/a")
                        + "; the fetch goes on and is stored when it lands")
                .satisfies(e -> assertThat(((FetchException) e).reason()).isEqualTo(Reason.PATIENCE));
        assertThat(patient.done()).isFalse();
        latch.open();
        assertThat(patient.value().get(0).intValue()).isEqualTo(1);
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.stats().failures()).containsExactly(java.util.Map.entry(Reason.PATIENCE, 1L));
    }

    @Test
    void a_caller_without_patience_gets_the_stale_answer() throws Exception {
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        origin.on("/a", call -> {
            latch.pass();
            call.json("[2]");
        });

        CachedResponse stale = cache.fetch(within(Duration.ofMillis(50)));
        assertThat(stale.served()).isEqualTo(Served.STALE_PATIENCE);
        assertThat(stale.stale()).isTrue();
        assertThat(stale.trouble()).isEmpty();
        assertThat(stale.age()).isEqualTo(Duration.ofMinutes(1));
        assertThatThrownBy(() -> cache.refresh(within(Duration.ofMillis(50))))
                .as("a refresh is never served stale")
                .isInstanceOf(FetchTimeoutException.class);
        latch.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(cache.stats().staleServed()).isEqualTo(1);
        assertThat(given.logs().warnings()).isEmpty();
    }

    @Test
    void twenty_thousand_callers_that_lose_patience_together_all_leave_and_the_fetch_is_stored() throws Exception {
        int many = 20_000;
        HttpCache cache = given.cache();
        Crowd<CachedResponse> crowd = Crowd.of(many, () -> cache.fetch(within(Duration.ofSeconds(1))));

        List<Throwable> thrown = crowd.thrown();
        assertThat(thrown)
                .allSatisfy(e -> assertThat(((FetchException) e).reason()).isEqualTo(Reason.PATIENCE));
        assertThat(thrown).doesNotHaveDuplicates();
        assertThat(cache.stats().failures()).containsEntry(Reason.PATIENCE, (long) many);
        assertThat(origin.requests()).isEqualTo(1);
        latch.open();
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
    }

    @Test
    void a_requests_function_that_never_returns_is_retired_and_its_url_recovers() throws Exception {
        int[] calls = new int[1];
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofMillis(400))
                .firstTimeout(Duration.ofMillis(400))
                .patience(Duration.ofMillis(200))
                .requestCustomizer(request -> {
                    if (calls[0]++ == 0) {
                        latch.passWhateverHappens();
                    }
                    return request;
                }));
        origin.on("/a", call -> call.json("[" + call.number() + "]"));

        Crowd<CachedResponse> waiting = Crowd.of(100, () -> cache.fetch(within(Duration.ofSeconds(30))));
        assertThat(waiting.thrown()).allSatisfy(e -> {
            assertThat(((FetchException) e).reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(e).hasMessage("the fetch from " + origin.url("/a") + " hung past its deadline");
        });
        assertThat(origin.requests()).isZero();
        assertThat(cache.stats().failures()).containsExactly(java.util.Map.entry(Reason.TIMEOUT, 1L));

        assertThat(cache.fetch(within(Duration.ofSeconds(30))).text()).isEqualTo("[1]");
        Await.until("only the hung one is up", () -> cache.stats().fetchesInProgress() == 1);
        latch.open();
        Await.until("the hung one has ended", () -> cache.stats().fetchesInProgress() == 0);
        assertThat(cache.fetch(origin.url("/a")).text()).as("it stored nothing").isEqualTo("[1]");
        assertThat(cache.stats().failures()).containsExactly(java.util.Map.entry(Reason.TIMEOUT, 1L));
    }

    @Test
    void a_fetch_that_hangs_is_covered_by_the_stale_answer_and_warned_of() throws Exception {
        boolean[] hang = new boolean[1];
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofMillis(400))
                .softTimeout(Duration.ofMinutes(1))
                .firstTimeout(Duration.ofMillis(400))
                .patience(Duration.ofMillis(200))
                .clock(clock::nanoTime, clock.wall())
                .requestCustomizer(request -> {
                    if (hang[0]) {
                        latch.passWhateverHappens();
                    }
                    return request;
                }));
        origin.json("/a", "[1]");
        Await.until(
                "it is stored",
                () -> cache.fetch(within(Duration.ofSeconds(30))).text().equals("[1]"));
        clock.advance(Duration.ofMinutes(1));
        hang[0] = true;

        CachedResponse stale = cache.fetch(within(Duration.ofSeconds(30)));
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.trouble().map(Trouble::consecutiveFailures).orElse(0)).isEqualTo(1);
        assertThat(cache.peek(origin.uri("/a"))
                        .orElseThrow()
                        .trouble()
                        .map(Trouble::consecutiveFailures)
                        .orElse(0))
                .isEqualTo(1);
        given.logs().awaitWarnings(1);
        latch.open();
        Await.until("the hung one has ended", () -> cache.stats().fetchesInProgress() == 0);
        given.logs().awaitWarnings(1); // its late response is dropped, so there is no recovery
    }

    record Hanging(int n) {
        static volatile Latch latch;

        Hanging {
            Latch at = latch;
            if (at != null) {
                at.passWhateverHappens();
            }
        }
    }

    @Test
    void a_deserialiser_that_never_returns_is_retired_and_its_url_recovers() throws Exception {
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofMillis(400))
                .firstTimeout(Duration.ofMillis(400))
                .patience(Duration.ofSeconds(30)));
        origin.json("/a", "{\"n\":1}");
        Hanging.latch = latch;
        Crowd<Hanging> waiting = Crowd.of(100, () -> cache.get(origin.url("/a"), Hanging.class));
        assertThat(waiting.thrown())
                .allSatisfy(e -> assertThat(((FetchException) e).reason()).isEqualTo(Reason.TIMEOUT));

        Hanging.latch = null;
        assertThat(cache.get(origin.url("/a"), Hanging.class).n()).isEqualTo(1);
        latch.open();
    }

    @Test
    void a_requests_function_that_asks_for_the_very_url_is_refused_with_a_clear_error() {
        HttpCache[] cache = new HttpCache[1];
        cache[0] = given.cache(b -> b.requestCustomizer(request -> {
            try {
                cache[0].get(request.uri());
            } catch (java.io.IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
            return request;
        }));
        latch.open();

        assertThatThrownBy(() -> cache[0].get(origin.url("/a?q=" + Invariants.SECRET)))
                .isInstanceOfSatisfying(FetchException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.APPLICATION);
                    assertThat(e)
                            .hasMessageContaining("the requestCustomizer function of this cache threw")
                            .hasMessageContaining("SelfJoinException")
                            .hasMessageNotContaining(Invariants.SECRET);
                });
        assertThat(origin.requests()).isZero();
    }

    /** A value whose constructor waits for the latch. */
    record Slow(int n) {
        static volatile Latch latch;

        Slow {
            try {
                latch.pass();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_caller_that_waits_for_another_s_decoding_has_its_own_patience_and_interrupt() throws Exception {
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofSeconds(30)).patience(Duration.ofMillis(300)));
        origin.json("/slow", "{\"n\":1}");
        CachedResponse response = cache.fetch(origin.uri("/slow"));
        Slow.latch = given.latch();
        Crowd<Slow> decoder = Crowd.one(() -> cache.get(origin.url("/slow"), Slow.class));
        Slow.latch.awaitArrivals(1);

        Crowd<Slow> interrupted = Crowd.one(() -> {
            Thread.currentThread().interrupt();
            return cache.get(origin.url("/slow"), Slow.class);
        });
        assertThat(interrupted.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        Crowd<Boolean> as = Crowd.one(() -> {
            Thread.currentThread().interrupt();
            outOfPatience(() -> response.as(Slow.class));
            return Thread.interrupted();
        });
        outOfPatience(() -> cache.get(origin.url("/slow"), Slow.class));
        assertThat(as.value()).as("the interrupt is still pending").isTrue();
        assertThat(cache.get(origin.url("/slow")).get("n").intValue())
                .as("other types")
                .isEqualTo(1);
        assertThat(cache.stats().failures()).containsEntry(Reason.PATIENCE, 2L);

        Slow.latch.open();
        assertThat(decoder.value()).isSameAs(response.as(Slow.class));
    }

    private static void outOfPatience(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FetchTimeoutException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.PATIENCE);
            assertThat(e).hasMessageContaining("Slow");
        });
    }

    record Asking(JsonNode answer) {
        static volatile HttpCache cache;
        static volatile String url;

        Asking {
            try {
                answer = cache.get(url);
            } catch (java.io.IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_deserialiser_that_asks_for_the_very_url_is_refused_and_does_not_hang() throws Exception {
        HttpCache cache = given.cache();
        origin.json("/a", "{\"n\":1}");
        Asking.cache = cache;
        Asking.url = origin.url("/a");

        assertThatThrownBy(() -> cache.get(origin.url("/a"), Asking.class))
                .isInstanceOfSatisfying(FetchException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.UNDECODABLE);
                    assertThat(e).hasMessageContaining("SelfJoinException");
                });
        assertThat(cache.get(origin.url("/a")).get("n").intValue())
                .as("others are not hurt")
                .isEqualTo(1);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void a_deserialiser_that_asks_for_another_url_gets_it_even_with_one_connection_an_origin() throws Exception {
        HttpCache cache = given.cache(b -> b.connectionsPerOrigin(1));
        origin.json("/a", "{}").json("/b", "[7]");
        Asking.cache = cache;
        Asking.url = origin.url("/b");

        assertThat(cache.get(origin.url("/a"), Asking.class).answer().get(0).intValue())
                .isEqualTo(7);
    }

    @Test
    void two_urls_whose_fetches_ask_for_each_other_are_freed_by_their_deadlines() {
        HttpCache[] cache = new HttpCache[1];
        Latch both = given.latch();
        cache[0] = given.impatient(b -> b.timeout(Duration.ofMillis(300))
                .firstTimeout(Duration.ofMillis(300))
                .patience(Duration.ofMillis(500))
                .requestCustomizer(request -> {
                    String other = request.uri().getPath().equals("/x") ? "/y" : "/x";
                    try {
                        both.pass();
                        cache[0].get(origin.url(other));
                    } catch (java.io.IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return request;
                }));
        Crowd<JsonNode> crowd = Crowd.of(2, i -> () -> cache[0].get(origin.url(i == 0 ? "/x" : "/y")));
        both.awaitArrivals(2);
        both.open();
        assertThat(crowd.thrown()).allSatisfy(e -> assertThat(e).isInstanceOf(FetchException.class));
    }

    @Test
    void an_interrupt_that_a_requests_function_leaves_behind_reaches_no_caller() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = given.cache(b -> b.requestCustomizer(request -> {
            Thread.currentThread().interrupt();
            return request;
        }));
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
    }

    @Test
    void a_hung_requests_function_hurts_no_other_url_and_takes_no_permit() throws Exception {
        Latch hang = given.latch();
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofSeconds(2))
                .patience(Duration.ofSeconds(30))
                .connectionsPerOrigin(1)
                .requestCustomizer(r -> {
                    if (r.uri().getPath().equals("/hang") && hang.arrived() == 0) {
                        hang.passWhateverHappens();
                    }
                    return r;
                }));
        origin.json("/hang", "[1]").json("/b", "[2]");
        Crowd<JsonNode> hung = Crowd.one(() -> cache.get(origin.url("/hang")));
        hang.awaitArrivals(1);
        assertThat(cache.get(origin.url("/b")).get(0).intValue()).isEqualTo(2);
        assertThat(((FetchException) hung.thrown().getFirst()).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(cache.get(origin.url("/hang")).get(0).intValue()).isEqualTo(1);
        hang.open();
    }

    @Test
    void a_ttl_function_may_ask_for_another_url_with_one_connection() throws Exception {
        HttpCache[] cache = new HttpCache[1];
        cache[0] = given.cache(b -> b.connectionsPerOrigin(1).ttl(uri -> {
            if (uri.getPath().equals("/a")) {
                try {
                    cache[0].get(origin.url("/b"));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return Duration.ofSeconds(20);
        }));
        origin.json("/a", "[1]").json("/b", "[2]");
        assertThat(cache[0].get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
    }
}
