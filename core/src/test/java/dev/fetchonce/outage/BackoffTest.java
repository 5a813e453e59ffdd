package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * After a failure the cache sends no requests for the time of the backoff, and then sends one probe. Until the probe
 * succeeds, callers get the stale response or fail at once.
 */
class BackoffTest extends BackoffFixture {
    @Test
    void the_origin_is_left_alone_for_a_tenth_of_the_outage_and_callers_get_the_stale_answer() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        fails("/a");
        CachedResponse failed = cache.fetch(origin.url("/a"));
        assertThat(failed.served()).isEqualTo(Served.STALE_ERROR);
        long begun = clock.nanoTime();
        for (int errors = 1; errors <= 100; errors++) {
            long longest = Math.clamp((clock.nanoTime() - begun) / 10, FIRST, MAXIMUM);
            assertThat(failures(failed)).isEqualTo(errors);
            assertThat(until(failed).toNanos()).as("wait %s", errors).isBetween(longest / 2, longest);

            clock.advance(until(failed).minusNanos(1));
            for (int i = 0; i < 20; i++) {
                CachedResponse held = cache.fetch(origin.url("/a"));
                assertThat(held.served()).isEqualTo(Served.STALE_BACKOFF);
                assertThat(held.trouble())
                        .isEqualTo(cache.peek(origin.uri("/a")).orElseThrow().trouble());
                assertThat(failures(held)).isEqualTo(errors);
                assertThat(held.text()).isEqualTo("[1]");
            }
            assertThat(origin.requests("/a")).isEqualTo(1 + errors);
            clock.advance(Duration.ofNanos(1));
            failed = probed(cache, "/a");
        }
    }

    @Test
    void one_success_ends_the_backoff_and_the_next_failure_is_the_first_again() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        fails("/a");
        cache.fetch(origin.url("/a"));
        for (int i = 0; i < 4; i++) {
            awaitNextAttempt(cache, "/a");
            assertThat(failures(probed(cache, "/a"))).isEqualTo(i + 2);
        }
        awaitNextAttempt(cache, "/a");
        origin.json("/a", "[2]");
        CachedResponse good = probed(cache, "/a");
        assertThat(good.text()).isEqualTo("[2]");
        assertThat(good.stale()).isFalse();
        assertThat(good.trouble()).isEmpty();

        clock.advance(PAST_TTL);
        fails("/a");
        CachedResponse failed = cache.fetch(origin.url("/a"));
        assertThat(failures(failed)).isEqualTo(1);
        assertThat(until(failed).toNanos()).isBetween(FIRST / 2, FIRST);
    }

    @Test
    void with_nothing_stored_the_first_failure_does_not_close_and_the_second_does() throws Exception {
        HttpCache cache = cache();
        fails("/a");
        String url = origin.url("/a?key=" + Invariants.SECRET);
        assertThatThrownBy(() -> cache.get(url))
                .isInstanceOfSatisfying(
                        StatusException.class,
                        e -> assertThat(e.trouble().flatMap(Trouble::nextAttempt))
                                .isEmpty());
        assertThatThrownBy(() -> cache.get(url))
                .isInstanceOfSatisfying(
                        StatusException.class,
                        e -> assertThat(Duration.between(
                                                now(),
                                                e.trouble()
                                                        .flatMap(Trouble::nextAttempt)
                                                        .orElseThrow())
                                        .toNanos())
                                .isBetween(FIRST / 2, FIRST));
        clock.advance(Duration.ofMillis(40));
        assertThatThrownBy(() -> cache.get(url)).isInstanceOfSatisfying(StatusException.class, e -> {
            Instant next = e.trouble().flatMap(Trouble::nextAttempt).orElseThrow();
            assertThat(e.status()).hasValue(503);
            assertThat(e.reason()).isEqualTo(Reason.STATUS);
            assertThat(e)
                    .hasMessageContaining(origin.url("/a") + " is left alone")
                    .hasMessageContaining("for 40 ms (consecutive failures: 2)")
                    .hasMessageContaining("allowed in "
                            + DurationText.of(Duration.ofMillis(
                                    Duration.between(now(), next).toMillis())))
                    .hasMessageContaining("answered with status 503")
                    .hasMessageNotContaining(Invariants.SECRET);
            assertThat(e.getCause()).isNull();
        });
        assertThat(origin.requests()).isEqualTo(2);
    }

    @Test
    void a_refresh_during_a_backoff_fails_at_once() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        fails("/a");
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a")))
                .isInstanceOfSatisfying(
                        StatusException.class,
                        e -> assertThat(e.trouble().flatMap(Trouble::nextAttempt))
                                .isEqualTo(stale.trouble().flatMap(Trouble::nextAttempt)));
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
    }

    @Test
    void an_invalidation_ends_the_backoff_of_its_url() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        fails("/a");
        cache.fetch(origin.url("/a"));
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests()).isEqualTo(3);
    }

    @Test
    void an_invalidation_lets_one_request_go_to_a_sick_host() throws Exception {
        String[] paths = {"/a", "/b", "/c", "/d", "/e", "/f"};
        HttpCache cache = withStale(cache(), paths);
        for (String path : paths) {
            fails(path);
            cache.fetch(origin.url(path));
            awaitLanding(cache);
            clock.advance(Duration.ofMillis(200)); // more than the space between two turns
        }
        clock.advance(Duration.ofSeconds(1)); // the waits of all URLs are over
        int before = origin.requests();
        for (String path : paths) {
            cache.fetch(origin.url(path));
            awaitLanding(cache);
        }
        assertThat(origin.requests() - before).as("probes in one wait").isEqualTo(3);
        cache.invalidate(origin.uri("/a"));
        for (String path : List.of("/d", "/e", "/f")) {
            assertThat(cache.fetch(origin.url(path)).served()).isEqualTo(Served.STALE_BACKOFF);
            awaitLanding(cache);
        }
        assertThat(origin.requests() - before).as("no URL that has failed").isEqualTo(3);
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        assertThat(origin.requests() - before).isEqualTo(4);
    }

    @Test
    void a_retry_now_lets_a_caller_ask_that_waits_behind_a_turn_which_hangs() throws Exception {
        HttpCache cache = cache();
        sicken(cache, "/a", "/b", "/c");
        Latch latch = given.latch();
        origin.on("/hangs", call -> {
            latch.pass();
            call.json("[1]");
        });
        origin.json("/good", "[2]");
        Crowd<CachedResponse> hangs = Crowd.one(() -> cache.fetch(origin.url("/hangs")));
        latch.awaitArrivals(1);
        Crowd<CachedResponse> good = Crowd.one(() -> cache.fetch(origin.url("/good")));
        good.awaitAllWaiting();
        cache.retryNow();
        assertThat(good.value().text()).isEqualTo("[2]");
        latch.open();
        assertThat(hangs.value().text()).isEqualTo("[1]");
    }

    @Test
    void a_close_ends_the_waits_for_a_turn_at_a_sick_host() throws Exception {
        HttpCache cache = cache();
        sicken(cache, "/a", "/b", "/c");
        AtomicInteger turns = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            origin.on("/turn" + i, call -> {
                turns.incrementAndGet();
                call.awaitDisconnect();
            });
        }
        Crowd<CachedResponse> callers = Crowd.of(20, i -> () -> cache.fetch(origin.url("/turn" + i)));
        Await.until("one turn is out", () -> turns.get() == 1);
        callers.awaitAllWaiting();
        cache.close();
        assertThat(callers.thrown())
                .hasSize(20)
                .allSatisfy(thrown -> assertThat(thrown)
                        .isInstanceOfSatisfying(
                                FetchException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED)));
        assertThat(turns).hasValue(1);
    }

    @Test
    void an_invalidation_ends_the_backoffs_of_all_credentials() throws Exception {
        HttpCache cache = cache();
        HttpRequest mine = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Authorization", "Bearer " + Invariants.SECRET)
                .build();
        origin.json("/a", "[1]");
        cache.fetch(mine);
        clock.advance(PAST_TTL);
        fails("/a");
        cache.fetch(mine);
        assertThat(cache.invalidate(origin.uri("/a"))).isTrue();
        origin.json("/a", "[2]");
        assertThat(cache.fetch(mine).text()).isEqualTo("[2]");
    }

    @Test
    void an_invalidation_of_everything_ends_the_backoffs_of_urls_with_nothing_stored() throws Exception {
        HttpCache cache = cache();
        fails("/a");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(StatusException.class);
        }
        assertThat(origin.requests()).isEqualTo(2);
        cache.invalidateAll();
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void a_backoff_is_that_of_the_credentials_that_failed() throws Exception {
        HttpCache cache = cache();
        HttpRequest mine = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Authorization", "Bearer " + Invariants.SECRET)
                .build();
        withStale(cache, "/a");
        cache.fetch(mine);
        clock.advance(PAST_TTL);
        fails("/a");
        assertThat(cache.fetch(mine).served()).isEqualTo(Served.STALE_ERROR);
        assertThat(cache.fetch(mine).served()).isEqualTo(Served.STALE_BACKOFF);
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(cache.fetch(mine).served()).isEqualTo(Served.STALE_BACKOFF);
    }

    @Test
    void an_origin_that_refuses_connections_is_left_alone_as_a_whole() throws Exception {
        HttpCache cache = withStale(cache(), "/a", "/b");
        origin.down();
        CachedResponse failed = cache.fetch(origin.url("/a"));
        assertThat(failed.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(sent).hasValue(3);

        CachedResponse other = cache.fetch(origin.url("/b"));
        assertThat(other.served()).isEqualTo(Served.STALE_BACKOFF);
        assertThat(other.trouble().flatMap(Trouble::nextAttempt))
                .isEqualTo(failed.trouble().flatMap(Trouble::nextAttempt));
        assertThatThrownBy(() -> cache.get(origin.url("/new"))).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.CONNECT);
            assertThat(e.trouble().flatMap(Trouble::nextAttempt))
                    .isEqualTo(failed.trouble().flatMap(Trouble::nextAttempt));
            assertThat(e).hasMessageContaining("(consecutive failures: 1)");
        });
        assertThat(sent).hasValue(3);

        origin.up();
        clock.advance(until(failed));
        origin.json("/b", "[2]").json("/a", "[2]").json("/new", "[2]");
        assertThat(cache.fetch(origin.url("/new")).served()).isEqualTo(Served.FETCHED);
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.FETCHED);
        assertThat(probed(cache, "/a").text()).isEqualTo("[2]");
    }

    @Test
    void from_the_third_failing_url_in_a_row_on_others_ask_one_at_a_time() throws Exception {
        HttpCache cache = withStale(cache(), "/a", "/b", "/c", "/d", "/e", "/f");
        List.of("/a", "/b", "/c", "/d").forEach(path -> fails(path));
        for (String path : List.of("/a", "/b", "/c")) {
            assertThat(cache.fetch(origin.url(path)).served()).isEqualTo(Served.STALE_ERROR);
        }
        int before = origin.requests();
        assertThat(failures(probed(cache, "/d"))).isEqualTo(1);
        assertThat(cache.fetch(origin.url("/e")).served())
                .as("the space after the failure")
                .isEqualTo(Served.STALE_BACKOFF);
        assertThat(origin.requests()).isEqualTo(before + 1);

        clock.advance(Duration.ofMillis(50));
        Latch latch = given.latch();
        origin.on("/e", call -> {
            latch.pass();
            call.json("[2]");
        });
        assertThat(cache.fetch(origin.url("/e")).served()).isEqualTo(Served.STALE_BACKOFF);
        latch.awaitArrivals(1);
        assertThat(cache.fetch(origin.url("/f")).served()).isEqualTo(Served.STALE_BACKOFF);
        assertThat(origin.requests()).isEqualTo(before + 2);
        latch.open();
        awaitLanding(cache);
        origin.json("/f", "[2]");
        assertThat(cache.fetch(origin.url("/f")).served())
                .as("a success opens the host")
                .isEqualTo(Served.FETCHED);
    }

    @Test
    void with_nothing_stored_a_url_of_a_sick_host_waits_for_its_turn() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.ttl(TTL).patience(Duration.ofSeconds(40)));
        sicken(cache, "/a", "/b", "/c", "/d", "/e", "/f");
        origin.json("/healthy", "[2]");
        assertThat(cache.fetch(origin.url("/healthy")).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void an_answer_in_between_shows_that_the_origin_works() throws Exception {
        HttpCache cache = withStale(cache(), "/a", "/b", "/c", "/d", "/e");
        List.of("/a", "/b", "/c", "/d").forEach(path -> fails(path));
        cache.fetch(origin.url("/a"));
        cache.fetch(origin.url("/b"));
        assertThat(cache.fetch(origin.url("/e")).served()).isEqualTo(Served.FETCHED);
        assertThat(cache.fetch(origin.url("/c")).served()).isEqualTo(Served.STALE_ERROR);
        assertThat(cache.fetch(origin.url("/d")).served()).isEqualTo(Served.STALE_ERROR);
    }

    @Test
    void one_url_that_fails_for_long_does_not_shut_its_neighbours() throws Exception {
        HttpCache cache = withStale(cache(), "/a", "/b");
        fails("/a");
        cache.fetch(origin.url("/a"));
        for (int i = 0; i < 10; i++) {
            awaitNextAttempt(cache, "/a");
            probed(cache, "/a");
        }
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.FETCHED);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
    }

    @Test
    void retry_now_ends_the_wait_and_keeps_the_stored_answer() throws Exception {
        HttpCache cache = withStale(cache(), "/a", "/b");
        origin.down();
        cache.fetch(origin.url("/a"));
        origin.up();
        origin.json("/a", "[2]").json("/b", "[2]");
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.STALE_BACKOFF);
        int before = sent.get();
        cache.retryNow(origin.uri("/b"));
        assertThat(cache.peek(origin.uri("/b"))).isPresent();
        assertThat(probed(cache, "/b").text()).isEqualTo("[2]");
        assertThat(sent).hasValue(before + 1);
    }

    @Test
    void one_url_that_hangs_does_not_shut_its_neighbours() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.ttl(TTL)
                .timeout(Duration.ofSeconds(2))
                .softTimeout(Duration.ofMinutes(1))
                .firstTimeout(Duration.ofSeconds(2))
                .patience(Duration.ofSeconds(40))
                .clock(clock::nanoTime, clock.wall()));
        withStale(cache, "/a", "/b");
        Latch hung = given.latch();
        origin.on("/a", call -> hung.pass());
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void an_answer_that_says_no_ends_the_backoff_too() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        waitIsOver(cache, "/a");
        origin.on("/a", call -> call.status(404));
        cache.fetch(origin.url("/a"));
        awaitLanding(cache);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOfSatisfying(StatusException.class, e -> {
                assertThat(e.status()).hasValue(404);
                assertThat(e.trouble().flatMap(Trouble::nextAttempt)).isEmpty();
            });
        }
        assertThat(origin.requests()).isEqualTo(6);
    }

    @Test
    void when_the_wait_is_over_one_goes_to_look_whatever_the_number_of_callers() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        waitIsOver(cache, "/a");
        Latch latch = answersLater("/a", "[2]");
        Crowd<CachedResponse> crowd = Crowd.of(500, () -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        latch.open();
        assertThat(crowd.values()).allSatisfy(r -> assertThat(r.text()).isIn("[1]", "[2]"));
        assertThat(origin.requests()).isEqualTo(3);
    }

    @Test
    void one_goes_to_look_for_a_whole_origin_whatever_the_number_of_its_urls() throws Exception {
        String[] paths = IntStream.range(0, 50).mapToObj(i -> "/p" + i).toArray(String[]::new);
        HttpCache cache = withStale(cache(), paths);
        origin.down();
        CachedResponse failed = cache.fetch(origin.url(paths[0]));
        origin.up();
        clock.advance(until(failed));
        Latch latch = given.latch();
        for (String path : paths) {
            origin.on(path, call -> {
                latch.pass();
                call.json("[2]");
            });
        }
        int before = sent.get();
        assertThat(cache.fetch(origin.url(paths[7])).served()).isEqualTo(Served.STALE_BACKOFF);
        latch.awaitArrivals(1);
        Crowd<CachedResponse> others = Crowd.of(50, i -> () -> cache.fetch(origin.url(paths[i == 7 ? 8 : i])));
        Await.until("all are answered or wait", () -> others.done() || sent.get() > before + 1);
        assertThat(sent).as("requests while one has gone to look").hasValue(before + 1);
        assertThat(others.values()).allSatisfy(r -> assertThat(r.served()).isEqualTo(Served.STALE_BACKOFF));
        latch.open();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url(paths[7])).text()).isEqualTo("[2]");
        assertThat(cache.fetch(origin.url(paths[8])).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void a_refresh_does_not_overtake_the_one_that_has_gone_to_look() throws Exception {
        HttpCache cache = withStale(cache(), "/a");
        waitIsOver(cache, "/a");
        Latch latch = answersLater("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
        latch.awaitArrivals(1);
        Crowd<CachedResponse> refresh = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        Await.until(
                "it is refused or waits",
                () -> refresh.done() || sent.get() > 3 || cache.stats().fetchesInProgress() > 1);
        latch.open();
        assertThat(refresh.thrown().getFirst()).isInstanceOf(StatusException.class);
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(sent).hasValue(3);
    }

    /** Nothing is stored, so all callers wait for the probe. */
    @Test
    void a_refresh_that_has_nothing_else_follows_the_one_that_has_gone_to_look() throws Exception {
        HttpCache cache = cache();
        fails("/a");
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
        clock.advance(Duration.ofNanos(FIRST));
        Latch latch = answersLater("/a", "[2]");
        int before = sent.get();
        Crowd<CachedResponse> probe = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.awaitArrivals(1);
        Crowd<CachedResponse> refresh = Crowd.one(() -> cache.refresh(origin.uri("/a")));
        Await.until("it waits", () -> refresh.done() || cache.stats().fetchesInProgress() > 1);
        Crowd<CachedResponse> other = Crowd.one(() -> cache.fetch(origin.url("/a")));
        latch.open();
        assertThat(probe.value().text()).isEqualTo("[2]");
        assertThat(refresh.value().text()).isEqualTo("[2]");
        assertThat(other.value().text()).isEqualTo("[2]");
        assertThat(sent).hasValue(before + 2);
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
    }

    @Test
    void one_that_went_to_look_and_was_called_off_lets_the_next_go_at_once() throws Exception {
        HttpCache cache = cache(b -> b.cancelAbandoned(true));
        fails("/a");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
        }
        clock.advance(Duration.ofNanos(FIRST));
        Latch hung = given.latch();
        origin.on("/a", call -> hung.pass());
        Crowd<CachedResponse> probe = Crowd.one(() -> cache.fetch(origin.url("/a")));
        hung.awaitArrivals(1);
        probe.interruptAll();
        assertThat(probe.thrown().getFirst()).isInstanceOf(InterruptedException.class);
        Await.until("it is called off", () -> cache.stats().fetchesInProgress() == 0);
        origin.json("/a", "[2]");
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
    }

    @Test
    void a_probe_in_the_background_is_not_called_off_by_callers_that_leave() throws Exception {
        HttpCache cache = withStale(cache(b -> b.cancelAbandoned(true)), "/a");
        waitIsOver(cache, "/a");
        Latch latch = answersLater("/a", "[2]");
        for (int i = 0; i < 10; i++) {
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
        }
        latch.awaitArrivals(1);
        latch.open();
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests()).isEqualTo(3);
    }

    @Test
    void an_origin_that_flaps_a_hundred_times_leaves_no_caller_without_an_answer_and_no_backoff() throws Exception {
        HttpCache cache = withStale(cache(), "/a", "/b");
        for (int i = 0; i < 100; i++) {
            fails("/a");
            fails("/b");
            assertThat(Crowd.of(5, () -> cache.fetch(origin.url("/a"))).values())
                    .allSatisfy(r -> assertThat(r.stale()).isTrue());
            assertThat(failures(cache.fetch(origin.url("/b")))).isEqualTo(1);
            clock.advance(Duration.ofNanos(FIRST));
            String good = "[" + (i + 2) + "]";
            origin.json("/a", good).json("/b", good);
            assertThat(Crowd.of(5, () -> cache.fetch(origin.url("/a"))).values())
                    .allSatisfy(r -> assertThat(r.served()) // a caller may look into the store before the landing
                            .isIn(Served.HIT, Served.STALE_BACKOFF, Served.COLLAPSED, Served.FETCHED));
            assertThat(probed(cache, "/b").trouble()).isEmpty();
            assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo(good);
            assertThat(cache.fetch(origin.url("/b")).text()).isEqualTo(good);
            clock.advance(PAST_TTL);
        }
        assertThat(origin.requests()).isEqualTo(2 + 400);
        awaitLanding(cache);
    }
}
