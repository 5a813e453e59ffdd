package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A failure never loses the good stored response. The tests tell failures, revocations and answers apart. */
class FailureTest {
    private static final int MANY = 10_000;
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final Duration PAST_TTL = Duration.ofSeconds(21);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache() {
        return given.cache(b -> b.ttl(TTL).clock(clock::nanoTime, clock.wall()));
    }

    /** Returns a cache whose stored response for /a, "[1]", is stale. */
    private HttpCache withStale() throws Exception {
        return withStale(cache());
    }

    private HttpCache withStale(HttpCache cache) throws Exception {
        origin.json("/a", "[1]");
        cache.get(origin.url("/a"));
        clock.advance(PAST_TTL);
        return cache;
    }

    @Test
    void ten_thousand_callers_with_a_stale_answer_are_all_served_it_with_one_request_and_one_warning()
            throws Exception {
        HttpCache cache = withStale();
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.status(503);
        });
        long before = Insides.joined(cache);
        Crowd<CachedResponse> crowd = Crowd.of(MANY, () -> cache.fetch(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) - before == MANY);
        latch.open();

        assertThat(crowd.values()).allSatisfy(response -> {
            assertThat(response.stale()).isTrue();
            assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
            assertThat(response.trouble().map(Trouble::consecutiveFailures).orElse(0))
                    .isEqualTo(1);
            assertThat(response.age()).isEqualTo(PAST_TTL);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.trouble().flatMap(Trouble::nextAttempt)).isEmpty();
            assertThat(response.text()).isEqualTo("[1]");
        });
        assertThat(given.logs().awaitWarnings(1).getFirst()).contains(origin.url("/a"), "status 503");
        assertThat(origin.requests()).isEqualTo(2);
        assertThat(cache.stats().staleServed()).isEqualTo(MANY);
        assertThat(cache.stats().failures()).containsExactly(java.util.Map.entry(Reason.STATUS, 1L));
    }

    @Test
    void errors_count_failed_fetches_in_a_row_and_start_again_after_a_good_one() throws Exception {
        HttpCache cache = withStale();
        origin.on("/a", call -> call.status(500));
        for (int i = 1; i <= 3; i++) {
            assertThat(cache.fetch(origin.url("/a"))
                            .trouble()
                            .map(Trouble::consecutiveFailures)
                            .orElse(0))
                    .isEqualTo(i);
        }
        assertThat(cache.peek(origin.uri("/a"))
                        .orElseThrow()
                        .trouble()
                        .map(Trouble::consecutiveFailures)
                        .orElse(0))
                .isEqualTo(3);
        given.logs().awaitWarnings(1); // one warning that the URL is degraded

        origin.json("/a", "[2]");
        CachedResponse good = cache.fetch(origin.url("/a"));
        assertThat(good.trouble()).isEmpty();
        assertThat(good.stale()).isFalse();
        given.logs().await(Level.INFO, "answers again after");

        clock.advance(PAST_TTL.plus(Duration.ofMinutes(1))); // and past the minute in which the log says nothing
        origin.on("/a", call -> call.status(500));
        assertThat(cache.fetch(origin.url("/a"))
                        .trouble()
                        .map(Trouble::consecutiveFailures)
                        .orElse(0))
                .isEqualTo(1);
        given.logs().awaitWarnings(2); // degraded again
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 501, 502, 503, 504, 599})
    void an_outage_status_is_covered_by_the_stale_answer(int status) throws Exception {
        HttpCache cache = withStale();
        origin.on("/a", call -> call.status(status, "Retry-After: 5"));

        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        clock.advance(Duration.ofNanos(1));
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(response.trouble().map(Trouble::consecutiveFailures).orElse(0))
                .isEqualTo(2);

        clock.advance(Duration.ofNanos(1));
        assertThatThrownBy(() -> cache.get(origin.url("/a?other"))).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status()).hasValue(status);
            assertThat(e.reason()).isEqualTo(Reason.STATUS);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "400, kept",
        "401, dropped",
        "402, kept",
        "403, dropped",
        "404, dropped",
        "405, kept",
        "409, kept",
        "410, dropped",
        "418, kept",
        "422, kept",
        "451, dropped",
        "301, kept",
        "302, kept",
        "307, kept",
        "308, kept"
    })
    void another_status_is_an_answer_and_thrown(int status, String stored) throws Exception {
        HttpCache cache = withStale();
        origin.on("/a", call -> call.status(status));

        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status()).hasValue(status);
            assertThat(e).hasMessage(origin.url("/a") + " answered with status " + status);
        });
        assertThat(cache.peek(origin.uri("/a")).isPresent()).isEqualTo(stored.equals("kept"));

        origin.on("/a", call -> call.status(500));
        if (stored.equals("kept")) {
            assertThat(cache.fetch(origin.url("/a")).stale()).isTrue();
        } else {
            assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
        }
    }

    @Test
    void a_revocation_drops_only_what_the_same_credentials_got() throws Exception {
        HttpCache cache = cache();
        origin.on("/a", call -> call.json("[\"" + call.field("Authorization").orElse("none") + "\"]"));
        HttpRequest a = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Authorization", "a")
                .build();
        HttpRequest b = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Authorization", "b")
                .build();
        cache.fetch(a);
        cache.fetch(b);
        cache.fetch(origin.uri("/a"));
        clock.advance(PAST_TTL);
        origin.on("/a", call -> call.status(403));

        assertThatThrownBy(() -> cache.fetch(a)).isInstanceOf(StatusException.class);
        assertThat(cache.peek(a)).isEmpty();
        assertThat(cache.peek(b)).isPresent();
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
    }

    /**
     * A 206 without a Range request and a 304 without a condition are no answers. They are protocol failures, like
     * broken HTTP.
     */
    @ParameterizedTest
    @ValueSource(ints = {206, 304})
    void a_status_that_makes_no_sense_is_a_protocol_failure_never_stored(int status) throws Exception {
        HttpCache cache = withStale();
        origin.on("/a", call -> call.send(status, status == 206 ? "[".getBytes(StandardCharsets.UTF_8) : new byte[0]));

        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        assertThatThrownBy(() -> cache.fetch(origin.url("/a?other")))
                .isInstanceOfSatisfying(FetchException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
                    assertThat(e.status()).isEmpty();
                });
        assertThat(cache.stats().entries()).isEqualTo(1);
    }

    @Test
    void another_2xx_is_stored_with_its_status() throws Exception {
        HttpCache cache = cache();
        origin.on("/a", call -> call.send(203, "[1]".getBytes(StandardCharsets.UTF_8)));
        origin.on("/none", call -> call.status(204));

        assertThat(cache.fetch(origin.url("/a")).status()).isEqualTo(203);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        CachedResponse none = cache.fetch(origin.url("/none"));
        assertThat(none.status()).isEqualTo(204);
        assertThat(none.bytes()).isEmpty();
        assertThatThrownBy(none::json).isInstanceOf(FetchException.class);
        assertThatThrownBy(() -> cache.get(origin.url("/none"))).isInstanceOf(FetchException.class);
    }

    enum Fault {
        TRUNCATED(Reason.BROKEN),
        TRUNCATED_CHUNKED(Reason.BROKEN),
        RESET_IN_BODY(Reason.BROKEN),
        RESET_IN_HEAD(Reason.BROKEN),
        NO_HTTP(Reason.PROTOCOL),
        TOO_LARGE_ANNOUNCED(Reason.TOO_LARGE),
        TOO_LARGE_CHUNKED(Reason.TOO_LARGE),
        SLOW_HEAD(Reason.TIMEOUT),
        SLOW_BODY(Reason.TIMEOUT),
        SILENT(Reason.TIMEOUT);

        final Reason reason;

        Fault(Reason reason) {
            this.reason = reason;
        }

        FakeOrigin.Script script() {
            return switch (this) {
                case TRUNCATED ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2");
                        call.end();
                    };
                case TRUNCATED_CHUNKED ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n");
                        call.end();
                    };
                case RESET_IN_BODY ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2");
                        call.reset();
                    };
                case RESET_IN_HEAD ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nContent-Le");
                        call.reset();
                    };
                case NO_HTTP ->
                    call -> {
                        call.raw("SSH-2.0-OpenSSH_9.2p1\r\n\r\n");
                        call.end();
                    };
                case TOO_LARGE_ANNOUNCED ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[");
                        call.awaitDisconnect();
                    };
                case TOO_LARGE_CHUNKED ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                        while (true) {
                            call.raw("400\r\n" + " ".repeat(1024) + "\r\n");
                        }
                    };
                case SLOW_HEAD ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\n");
                        for (int i = 0; ; i++) {
                            call.raw("X-Drip-" + i + ": 1\r\n");
                            Thread.sleep(20);
                        }
                    };
                case SLOW_BODY ->
                    call -> {
                        call.raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                        while (true) {
                            call.raw(" ");
                            Thread.sleep(20);
                        }
                    };
                case SILENT -> call -> call.awaitDisconnect();
            };
        }
    }

    private HttpCache forFaults(Duration timeout) {
        return given.impatient(b -> b.ttl(TTL)
                .timeout(timeout)
                .softTimeout(Duration.ofMinutes(1))
                .firstTimeout(timeout)
                .patience(Duration.ofSeconds(40))
                .maximumBodyBytes(100_000)
                .clock(clock::nanoTime, clock.wall()));
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.EnumSource
    void a_broken_exchange_fails_with_its_reason_leaves_no_connection_and_is_covered_by_the_stale_answer(Fault fault)
            throws Exception {
        HttpCache cache = forFaults(fault.reason == Reason.TIMEOUT ? Duration.ofMillis(500) : Duration.ofSeconds(30));
        origin.on("/absent", fault.script());
        FetchException e =
                catchThrowableOfType(FetchException.class, () -> cache.fetch(origin.url("/absent?secret=geheim")));
        assertThat(e.reason()).as(() -> e + " because of " + e.getCause()).isEqualTo(fault.reason);
        assertThat(e.status()).isEmpty();
        assertThat(e.getMessage()).startsWith("http://127.0.0.1:" + origin.port());
        assertThat(e.toString() + e.getCause()).doesNotContain("geheim");
        assertThat(e instanceof FetchTimeoutException).isEqualTo(fault.reason == Reason.TIMEOUT);
        Await.until("the connection is closed", () -> origin.connections() == 0);

        withStale(cache);
        origin.on("/a", fault.script());
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.text()).isEqualTo("[1]");
        assertThat(cache.stats().failures()).containsExactly(java.util.Map.entry(fault.reason, 2L));
    }

    @Test
    void a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() throws Exception {
        HttpCache cache = forFaults(Duration.ofSeconds(30));
        origin.on("/fits", call -> call.json("1" + " ".repeat(99_999)));
        origin.on("/large", call -> call.json("1" + " ".repeat(100_000)));

        assertThat(cache.fetch(origin.url("/fits")).bytes()).hasSize(100_000);
        assertThatThrownBy(() -> cache.fetch(origin.url("/large")))
                .hasMessageContaining("a body of 100001 bytes was announced")
                .hasMessageContaining("maximumBodyBytes is 100000");
    }

    @Test
    void a_refused_connection_is_covered_and_recovers() throws Exception {
        HttpCache cache = withStale();
        origin.down();
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.CONNECT);
            assertThat(e)
                    .hasMessage(origin.url("/b")
                            + " could not be connected to: it refused the connection, or is not reachable");
            assertThat(e).hasCauseInstanceOf(Exception.class);
            assertThat(e.getCause()).hasMessageContaining("ConnectException");
        });

        origin.up();
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.FETCHED);
    }

    @Test
    void an_unknown_host_is_a_connect_failure() {
        HttpCache cache = cache();
        assertThatThrownBy(() -> cache.get("http://nowhere.invalid/a?secret=geheim"))
                .isInstanceOfSatisfying(FetchException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.CONNECT);
                    assertThat(e)
                            .hasMessage("http://nowhere.invalid/a could not be connected to: its host name is unknown");
                    assertThat(e.getCause().getMessage()).doesNotContain("geheim");
                });
    }

    @Test
    void no_connection_coming_free_in_a_caller_s_patience_is_busy_and_covered() throws Exception {
        Latch latch = given.latch();
        HttpCache cache = given.impatient(b -> b.ttl(TTL)
                .connectionsPerOrigin(1)
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofMillis(300))
                .clock(clock::nanoTime, clock.wall()));
        origin.json("/a", "[1]");
        Await.until("stored", () -> stored(cache));
        clock.advance(PAST_TTL);
        origin.on("/slow", call -> {
            latch.pass();
            call.json("[]");
        });
        HttpRequest slow = patient("/slow");
        Crowd<CachedResponse> holder = Crowd.one(() -> cache.fetch(slow));
        latch.awaitArrivals(1);

        origin.json("/c", "[3]");
        Crowd<CachedResponse> queueing = Crowd.one(() -> cache.fetch(patient("/c")));
        CachedResponse stale = cache.fetch(origin.uri("/a"));
        assertThat(stale.served()).isEqualTo(Served.STALE_PATIENCE);
        assertThatThrownBy(() -> cache.fetch(origin.uri("/b"))).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e).isExactlyInstanceOf(FetchTimeoutException.class);
            assertThat(e.reason()).isEqualTo(Reason.BUSY);
            assertThat(e).hasMessageContaining("connectionsPerOrigin").hasMessageContaining("300 ms");
        });
        latch.open();
        assertThat(holder.value().text()).isEqualTo("[]");
        assertThat(queueing.value().text())
                .as("whoever is patient has kept its place")
                .isEqualTo("[3]");
        assertThat(origin.requests("/b")).as("nobody waited for it any more").isZero();
        assertThat(origin.requests("/a")).as("nor for this").isEqualTo(1);
        assertThat(cache.stats().maximumQueueTime()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(cache.stats().failures()).containsEntry(Reason.BUSY, 1L);
    }

    @Test
    void a_failure_after_queueing_says_for_how_long_it_queued() throws Exception {
        Latch latch = given.latch();
        HttpCache cache = given.cache(b -> b.connectionsPerOrigin(1));
        origin.on("/slow", call -> {
            latch.pass();
            call.json("[]");
        });
        origin.on("/broken", Call::reset);
        Crowd<CachedResponse> holder = Crowd.one(() -> cache.fetch(origin.uri("/slow")));
        latch.awaitArrivals(1);
        Crowd<CachedResponse> broken = Crowd.one(() -> cache.fetch(origin.uri("/broken")));
        Await.until("it queues", () -> cache.stats().fetchesInProgress() == 2);
        Thread.sleep(5); // so that the queue time is above zero
        latch.open();
        holder.value();
        assertThat(broken.thrown().getFirst()).hasMessageMatching(".*after it had queued \\d+ ms for a connection");
    }

    private boolean stored(HttpCache cache) throws Exception {
        return cache.fetch(patient("/a")).status() == 200;
    }

    private HttpRequest patient(String path) {
        return HttpRequest.newBuilder(origin.uri(path))
                .timeout(Duration.ofSeconds(40))
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"requests", "ttl", "null requests", "null ttl", "negative ttl", "error"})
    void code_of_the_application_that_fails_is_a_failure_of_the_application_for_all_waiters(String which)
            throws Exception {
        boolean[] fail = new boolean[1];
        HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall())
                .requestCustomizer(request -> {
                    if (fail[0] && which.equals("error")) {
                        throw new StackOverflowError("bad token " + Invariants.SECRET);
                    }
                    if (fail[0] && which.equals("requests")) {
                        throw new IllegalArgumentException("bad token " + Invariants.SECRET);
                    }
                    return fail[0] && which.equals("null requests") ? null : request;
                })
                .ttl(uri -> {
                    if (fail[0] && which.equals("ttl")) {
                        throw new IllegalArgumentException("bad ttl " + Invariants.SECRET);
                    }
                    return fail[0] && which.equals("null ttl")
                            ? null
                            : fail[0] && which.equals("negative ttl") ? Duration.ofSeconds(-1) : TTL;
                }));
        withStale(cache);
        fail[0] = true;

        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        Crowd<JsonNode> crowd = Crowd.of(10, () -> cache.get(origin.url("/a?other")));
        List<Throwable> thrown = crowd.thrown();
        assertThat(thrown)
                .allSatisfy(e -> assertThat(((FetchException) e).reason()).isEqualTo(Reason.APPLICATION))
                .allSatisfy(e -> assertThat(e.toString()).doesNotContain(Invariants.SECRET, "bad "));
        fail[0] = false;
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.FETCHED);
        assertThat(cache.get(origin.url("/a?other")).size()).isEqualTo(1);
    }

    @Test
    void stale_if_error_ends_when_it_should_and_failures_do_not_prolong_it() throws Exception {
        HttpCache cache = withStale(
                given.cache(b -> b.ttl(TTL).staleIfError(Duration.ofSeconds(60)).clock(clock::nanoTime, clock.wall())));
        origin.on("/a", call -> call.status(500));
        for (int age = 21; age < 80; age += 10) { // stale since 20
            assertThat(cache.fetch(origin.url("/a")).age()).isEqualTo(Duration.ofSeconds(age));
            clock.advance(Duration.ofSeconds(10));
        }
        assertThatThrownBy(() -> cache.fetch(origin.url("/a")))
                .as("81 s old: stale for 61 s")
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(500));
        clock.advance(Duration.ofDays(300));
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
    }

    @Test
    void stale_if_error_zero_turns_it_off() throws Exception {
        HttpCache cache = withStale(
                given.cache(b -> b.ttl(TTL).staleIfError(Duration.ZERO).clock(clock::nanoTime, clock.wall())));
        origin.on("/a", call -> call.status(500));
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
    }

    @Test
    void a_304_starts_the_stale_window_again() throws Exception {
        HttpCache cache =
                given.cache(b -> b.ttl(TTL).staleIfError(Duration.ofSeconds(60)).clock(clock::nanoTime, clock.wall()));
        origin.on("/a", call -> call.tagged("\"1\"", "[1]"));
        cache.fetch(origin.url("/a"));
        clock.advance(Duration.ofSeconds(70));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
        origin.on("/a", call -> call.status(500));
        clock.advance(Duration.ofSeconds(79));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        clock.advance(Duration.ofSeconds(2));
        assertThatThrownBy(() -> cache.fetch(origin.url("/a"))).isInstanceOf(StatusException.class);
    }

    @Test
    void a_client_that_could_not_be_replaced_once_is_replaced_later() throws Exception {
        AtomicInteger made = new AtomicInteger();
        HttpCache cache = given.impatient(b -> b.configureClient(client -> {
            if (made.incrementAndGet() == 2) {
                throw new UncheckedIOException(new IOException("Too many open files"));
            }
            return client;
        }));
        origin.on("/a", call -> {
            call.raw("this is no HTTP\r\n\r\n");
            call.end();
        });
        Await.until("the second try", () -> {
            assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
            return made.get() >= 2;
        });
        Await.until("the third try", () -> {
            assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
            return made.get() >= 3;
        });
    }
}
