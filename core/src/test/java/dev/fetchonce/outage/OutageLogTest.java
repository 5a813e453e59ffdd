package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The log of an outage has a few lines, for any number of documents and calls. */
class OutageLogTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration PAST_TTL = Duration.ofMinutes(2);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.withBackoff(b -> options.apply(b.ttl(TTL)
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .clock(clock::nanoTime, clock.wall())));
    }

    private String host() {
        return "http://127.0.0.1:" + origin.port();
    }

    private List<String> lines() {
        return given.logs().messages(Level.INFO);
    }

    private static void awaitLanding(HttpCache cache) {
        Await.until("it has landed", () -> cache.stats().fetchesInProgress() == 0);
    }

    private void stores(HttpCache cache, int documents) throws Exception {
        for (int i = 0; i < documents; i++) {
            origin.json("/" + i, "[1]");
            cache.get(origin.url("/" + i));
        }
        clock.advance(PAST_TTL);
    }

    @Test
    void three_hundred_documents_of_a_dead_origin_are_one_warning_and_one_recovery() throws Exception {
        HttpCache cache = cache(b -> b);
        stores(cache, 300);
        origin.down();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 300; i++) {
                assertThat(cache.fetch(origin.url("/" + i)).stale()).isTrue();
            }
            awaitLanding(cache);
            clock.advance(PAST_TTL);
        }
        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith(host() + ": stale responses stand in (CONNECT): " + host() + "/")
                .contains("could not be connected to", "; the next request is allowed at 2026-02-03T0");
        assertThat(given.logs().warnings()).hasSize(1);

        origin.up();
        cache.fetch(origin.url("/0")); // a fetch in the background finds that the origin works
        awaitLanding(cache);
        for (int i = 0; i < 300; i++) {
            cache.fetch(origin.url("/" + i));
        }
        awaitLanding(cache);
        for (int i = 0; i < 300; i++) {
            assertThat(cache.fetch(origin.url("/" + i)).stale()).isFalse();
        }
        awaitLanding(cache);
        assertThat(lines()).hasSize(2).last().isEqualTo(host() + " answers again after 4 min");
        assertThat(given.logs().warnings()).hasSize(1);
    }

    @Test
    void the_end_of_the_stale_responses_is_one_warning() throws Exception {
        HttpCache cache = cache(b -> b.staleIfError(Duration.ofMinutes(30)));
        stores(cache, 3);
        origin.down();
        assertThat(cache.fetch(origin.url("/0")).stale()).isTrue();
        given.logs().awaitWarnings(1);
        clock.advance(Duration.ofMinutes(40));
        for (int i = 0; i < 20; i++) {
            String url = origin.url("/" + i % 3);
            assertThatThrownBy(() -> cache.get(url)).isInstanceOf(FetchException.class);
        }
        awaitLanding(cache);
        assertThat(given.logs().warnings())
                .hasSize(2)
                .last()
                .asString()
                .startsWith(
                        host() + ": calls fail, as stored responses are too old to stand in (CONNECT, for 40 min): ");
    }

    @Test
    void a_failure_with_nothing_stored_is_one_warning() {
        HttpCache cache = cache(b -> b);
        origin.on("/a", call -> call.status(500));
        List<Throwable> thrown = Crowd.of(50, () -> cache.get(origin.url("/a?" + Invariants.SECRET)))
                .thrown();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a?" + Invariants.SECRET)))
                    .isInstanceOf(FetchException.class);
        }
        awaitLanding(cache);
        assertThat(thrown).hasSize(50);
        assertThat(given.logs().warnings())
                .singleElement()
                .asString()
                .startsWith(host() + ": calls fail, as no stored response can stand in (STATUS): " + origin.url("/a")
                        + " answered with status 500; ");
    }

    @Test
    void an_outage_that_lasts_has_a_reminder_after_an_hour() throws Exception {
        HttpCache cache = cache(b -> b);
        stores(cache, 1);
        origin.on("/0", call -> call.status(503));
        for (int minutes = 0; minutes < 140; minutes += 10) {
            cache.get(origin.url("/0"));
            awaitLanding(cache);
            clock.advance(Duration.ofMinutes(10));
        }
        assertThat(given.logs().warnings())
                .extracting(line -> line.substring(host().length(), line.indexOf(')') + 1))
                .containsExactly(
                        ": stale responses stand in (STATUS)",
                        ": still, stale responses stand in (STATUS, for 1 h)",
                        ": still, stale responses stand in (STATUS, for 2 h)");
    }

    @Test
    void one_broken_url_of_a_host_that_works_has_its_own_lines() throws Exception {
        HttpCache cache = cache(b -> b);
        stores(cache, 2);
        origin.on("/0", call -> call.status(500));
        for (int i = 0; i < 5; i++) {
            assertThat(cache.fetch(origin.url("/0")).stale()).isTrue();
            assertThat(cache.fetch(origin.url("/1")).stale()).isFalse();
            awaitLanding(cache);
            clock.advance(PAST_TTL);
        }
        origin.json("/0", "[2]");
        cache.fetch(origin.url("/0"));
        awaitLanding(cache);
        assertThat(cache.fetch(origin.url("/0")).stale()).isFalse();
        assertThat(lines()).hasSize(2);
        assertThat(lines().getFirst()).startsWith(host() + ": stale responses stand in (STATUS): " + origin.url("/0"));
        assertThat(lines().getLast()).isEqualTo(origin.url("/0") + " answers again after 10 min");
    }

    @Test
    void an_origin_that_comes_and_goes_has_a_line_of_each_kind_a_minute() throws Exception {
        HttpCache cache = cache(b -> b.ttl(Duration.ofMillis(500)));
        stores(cache, 1);
        for (int seconds = 0; seconds < 60; seconds += 2) {
            origin.on("/0", call -> call.status(500));
            cache.get(origin.url("/0"));
            awaitLanding(cache);
            clock.advance(Duration.ofSeconds(1));
            origin.json("/0", "[2]");
            cache.get(origin.url("/0"));
            awaitLanding(cache);
            clock.advance(Duration.ofSeconds(1));
        }
        awaitLanding(cache);
        assertThat(lines()).hasSize(2);
    }

    @Test
    void a_401_of_one_user_is_no_outage() {
        HttpCache cache = cache(b -> b);
        origin.on("/a", call -> call.status(401));
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
        }
        awaitLanding(cache);
        assertThat(lines()).isEmpty();
    }

    @Test
    void the_drop_in_writes_no_line_a_call() throws Exception {
        HttpCache cache = cache(b -> b.freshness(Freshness.http()));
        origin.json("/a", "[1]", "Cache-Control: max-age=60, stale-if-error=600");
        HttpClient client = cache.asHttpClient();
        HttpRequest stored = HttpRequest.newBuilder(origin.uri("/a")).build();
        HttpRequest unknown = HttpRequest.newBuilder(origin.uri("/b")).build();
        client.send(stored, BodyHandlers.ofString());
        clock.advance(PAST_TTL);
        origin.down();
        for (int i = 0; i < 20; i++) {
            assertThat(client.send(stored, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> client.send(unknown, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
        origin.up();
        assertThat(client.send(stored, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        awaitLanding(cache);
        assertThat(given.logs().warnings()).hasSize(2);
        assertThat(lines()).hasSize(3).last().asString().startsWith(host() + " answers again after ");
    }

    @Test
    void the_trouble_of_a_stale_answer_and_of_an_exception_is_one_record() throws Exception {
        HttpCache cache = cache(b -> b);
        stores(cache, 1);
        Instant since = clock.wall().instant();
        origin.on("/0", call -> call.status(503));
        cache.get(origin.url("/0"));
        clock.advance(PAST_TTL);
        assertThat(cache.fetch(origin.url("/0")).served()).isEqualTo(Served.STALE_BACKOFF);
        awaitLanding(cache);
        CachedResponse stale = cache.fetch(origin.url("/0"));
        Trouble trouble = stale.trouble().orElseThrow();
        assertThat(trouble.since()).isEqualTo(since);
        assertThat(trouble.consecutiveFailures()).isEqualTo(2);
        assertThat(trouble.reason()).isEqualTo(Reason.STATUS);
        assertThat(trouble.message()).isEqualTo(origin.url("/0") + " answered with status 503");
        assertThat(trouble.nextAttempt().orElseThrow()).isAfter(clock.wall().instant());
        assertThat(cache.fetch(origin.url("/0")).trouble()).contains(trouble);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/0"))).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e.trouble()).contains(trouble);
            assertThat(e.uri()).isEqualTo(origin.uri("/0"));
        });
    }

    @Test
    void during_the_backoff_of_a_host_the_exception_names_its_own_url() throws Exception {
        HttpCache cache = cache(b -> b);
        stores(cache, 1);
        origin.down();
        cache.get(origin.url("/0"));
        assertThatThrownBy(() -> cache.get(origin.url("/x/y?" + Invariants.SECRET)))
                .isInstanceOfSatisfying(FetchException.class, e -> {
                    assertThat(e.getMessage())
                            .startsWith(origin.url("/x/y") + " is left alone: ")
                            .contains(origin.url("/0") + " could not be connected to")
                            .doesNotContain(Invariants.SECRET);
                    assertThat(e.uri()).isEqualTo(origin.uri("/x/y?" + Invariants.SECRET));
                    assertThat(e.trouble().orElseThrow().consecutiveFailures()).isEqualTo(1);
                });
    }

    @Test
    void after_a_redirect_the_exception_has_the_requested_url_and_names_the_one_that_failed() {
        HttpCache cache = cache(b -> b);
        origin.on("/from", call -> call.status(302, "Location: /to?" + Invariants.SECRET));
        origin.on("/to", call -> call.status(500));
        assertThatThrownBy(() -> cache.get(origin.url("/from"))).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e.getMessage()).isEqualTo(origin.url("/to") + " answered with status 500");
            assertThat(e.uri()).isEqualTo(origin.uri("/from"));
            assertThat(e.trouble().orElseThrow().message()).isEqualTo(e.getMessage());
        });
    }
}
