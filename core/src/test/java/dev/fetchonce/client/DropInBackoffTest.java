package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CacheStats;
import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.ClientOptions;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A drop-in client with the backoff: the calls that it holds back, those that get a stale response, and those that go to
 * the origin all the same.
 */
class DropInBackoffTest {
    private static final Duration STALE_AGE = Duration.ofMinutes(2);
    private static final Duration LONGER_THAN_A_WAIT = Duration.ofSeconds(11);
    private static final ClientOptions BACKOFF = ClientOptions.defaults().backoff(true);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();
    private final HttpCache cache = given.withBackoff(
            b -> b.freshness(Freshness.http()).timeout(Duration.ofSeconds(30)).clock(clock::nanoTime, clock.wall()));
    private final HttpClient client = cache.asHttpClient(BACKOFF);
    private final HttpClient transparent = cache.asHttpClient();

    private enum Method {
        GET,
        MAX_AGE_0,
        MAX_STALE,
        STALE_IF_ERROR,
        RELOAD,
        REVALIDATION,
        ONLY_IF_CACHED,
        NO_STORE,
        RANGE,
        RELOADED_RANGE,
        RANGE_ONLY_IF_CACHED,
        CONDITION_FOR_THE_ORIGIN,
        HEAD,
        RELOADED_HEAD,
        EXPECT_CONTINUE,
        GET_WITH_BODY,
        OPTIONS,
        PUT,
        DELETE,
        POST;

        HttpRequest.Builder at(HttpRequest.Builder request) {
            return switch (this) {
                case GET -> request;
                case MAX_AGE_0 -> request.header("Cache-Control", "max-age=0");
                case MAX_STALE -> request.header("Cache-Control", "max-stale=600");
                case STALE_IF_ERROR -> request.header("Cache-Control", "stale-if-error=600");
                case RELOAD -> request.header("Cache-Control", "no-cache");
                case REVALIDATION -> request.header("If-None-Match", "\"other\"");
                case ONLY_IF_CACHED -> request.header("Cache-Control", "only-if-cached");
                case NO_STORE -> request.header("Cache-Control", "no-store");
                case RANGE -> request.header("Range", "bytes=0-1");
                case RELOADED_RANGE -> RELOAD.at(RANGE.at(request));
                case RANGE_ONLY_IF_CACHED -> ONLY_IF_CACHED.at(RANGE.at(request));
                case CONDITION_FOR_THE_ORIGIN -> request.header("If-Match", "\"1\"");
                case HEAD -> request.HEAD();
                case RELOADED_HEAD -> RELOAD.at(HEAD.at(request));
                case EXPECT_CONTINUE -> request.expectContinue(true);
                case GET_WITH_BODY -> request.method("GET", BodyPublishers.ofString("x"));
                case OPTIONS -> request.method("OPTIONS", BodyPublishers.noBody());
                case PUT -> request.PUT(BodyPublishers.ofString("x"));
                case DELETE -> request.DELETE();
                case POST -> request.POST(BodyPublishers.ofString("x"));
            };
        }
    }

    /** The ways in which a caller sends a request and takes the body. */
    private enum Way {
        SEND,
        SEND_ASYNC,
        INPUT_STREAM,
        LINES,
        NO_BODY;

        HttpResponse<?> sent(HttpClient client, HttpRequest request) throws Exception {
            return switch (this) {
                case SEND -> client.send(request, BodyHandlers.ofString());
                case SEND_ASYNC -> async(client, request);
                case INPUT_STREAM -> {
                    HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
                    response.body().close();
                    yield response;
                }
                case LINES -> {
                    HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
                    response.body().close();
                    yield response;
                }
                case NO_BODY -> client.send(request, BodyHandlers.discarding());
            };
        }

        private static HttpResponse<?> async(HttpClient client, HttpRequest request) throws Exception {
            try {
                return client.sendAsync(request, BodyHandlers.ofString()).get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException failure ? failure : e;
            }
        }
    }

    private enum Stored {
        NOTHING,
        STALE,
        MUST_REVALIDATE,
        TOO_STALE
    }

    private enum Trouble {
        NONE,
        HELD,
        DUE
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(origin.uri(path));
    }

    private HttpResponse<String> get(HttpClient by, String path) throws Exception {
        return by.send(request(path).build(), BodyHandlers.ofString());
    }

    private void awaitLanding() {
        Await.until("no fetch is up", () -> cache.stats().fetchesInProgress() == 0);
    }

    private void store(Stored stored, String path) throws Exception {
        if (stored != Stored.NOTHING) {
            String more = switch (stored) {
                case STALE -> "stale-if-error=600";
                case MUST_REVALIDATE -> "stale-if-error=600, must-revalidate";
                case TOO_STALE -> "stale-if-error=5";
                case NOTHING -> throw new IllegalArgumentException();
            };
            origin.on(path, call -> call.json("[1]", "ETag: \"1\"", "Cache-Control: max-age=60, " + more));
            get(transparent, path);
            awaitLanding();
            clock.advance(STALE_AGE);
        }
    }

    private void fail(String... paths) {
        for (String path : paths) {
            origin.on(path, call -> call.status(503));
        }
    }

    /** Lets the path fail until a backoff holds. */
    private void holdBack(String path) throws Exception {
        fail(path);
        get(transparent, path);
        get(transparent, path);
        awaitLanding();
    }

    private static String words(HttpResponse<?> response) {
        boolean backoff =
                response.headers().firstValue("Cache-Status").orElse("").contains("detail=backoff");
        return response.statusCode() + (backoff ? " by backoff" : "");
    }

    private String outcome(HttpClient by, HttpRequest request) throws Exception {
        return outcome(by, request, Way.SEND);
    }

    private String outcome(HttpClient by, HttpRequest request, Way way) throws Exception {
        int before = origin.requests();
        String answer;
        try {
            answer = words(way.sent(by, request));
        } catch (FetchException e) {
            answer = "held after " + e.reason();
        }
        awaitLanding();
        return answer + ", " + (origin.requests() - before) + " asked";
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            GET, NOTHING, NONE, "503, 1 asked"
            GET, NOTHING, HELD, "held after STATUS, 0 asked"
            GET, NOTHING, DUE, "503, 1 asked"
            GET, STALE, NONE, "200, 1 asked"
            GET, STALE, HELD, "200 by backoff, 0 asked"
            GET, STALE, DUE, "200 by backoff, 1 asked"
            GET, MUST_REVALIDATE, NONE, "503, 1 asked"
            GET, MUST_REVALIDATE, HELD, "held after STATUS, 0 asked"
            GET, MUST_REVALIDATE, DUE, "503, 1 asked"
            GET, TOO_STALE, HELD, "held after STATUS, 0 asked"
            GET, TOO_STALE, DUE, "503, 1 asked"
            MAX_AGE_0, STALE, HELD, "200 by backoff, 0 asked"
            MAX_STALE, MUST_REVALIDATE, HELD, "held after STATUS, 0 asked"
            MAX_STALE, TOO_STALE, HELD, "200, 0 asked"
            MAX_STALE, TOO_STALE, DUE, "200, 0 asked"
            STALE_IF_ERROR, TOO_STALE, NONE, "200, 1 asked"
            STALE_IF_ERROR, TOO_STALE, HELD, "200 by backoff, 0 asked"
            RELOAD, STALE, NONE, "503, 1 asked"
            RELOAD, STALE, HELD, "held after STATUS, 0 asked"
            RELOAD, STALE, DUE, "503, 1 asked"
            REVALIDATION, NOTHING, HELD, "held after STATUS, 0 asked"
            REVALIDATION, STALE, HELD, "200 by backoff, 0 asked"
            ONLY_IF_CACHED, NOTHING, NONE, "504, 0 asked"
            ONLY_IF_CACHED, NOTHING, HELD, "504, 0 asked"
            ONLY_IF_CACHED, STALE, HELD, "504, 0 asked"
            ONLY_IF_CACHED, STALE, DUE, "504, 0 asked"
            NO_STORE, NOTHING, HELD, "503, 1 asked"
            NO_STORE, STALE, NONE, "503, 1 asked"
            NO_STORE, STALE, HELD, "200 by backoff, 0 asked"
            NO_STORE, STALE, DUE, "200 by backoff, 1 asked"
            RANGE, NOTHING, HELD, "503, 1 asked"
            RANGE, STALE, NONE, "503, 1 asked"
            RANGE, STALE, HELD, "206 by backoff, 0 asked"
            RANGE, STALE, DUE, "206 by backoff, 1 asked"
            RANGE, MUST_REVALIDATE, HELD, "503, 1 asked"
            RELOADED_RANGE, STALE, HELD, "503, 1 asked"
            RANGE_ONLY_IF_CACHED, NOTHING, HELD, "504, 0 asked"
            RANGE_ONLY_IF_CACHED, STALE, HELD, "504, 0 asked"
            HEAD, NOTHING, HELD, "503, 1 asked"
            HEAD, STALE, NONE, "503, 1 asked"
            HEAD, STALE, HELD, "200 by backoff, 0 asked"
            HEAD, STALE, DUE, "200 by backoff, 1 asked"
            HEAD, TOO_STALE, HELD, "503, 1 asked"
            RELOADED_HEAD, STALE, HELD, "503, 1 asked"
            CONDITION_FOR_THE_ORIGIN, STALE, HELD, "503, 1 asked"
            EXPECT_CONTINUE, STALE, HELD, "503, 1 asked"
            GET_WITH_BODY, STALE, HELD, "503, 1 asked"
            OPTIONS, STALE, HELD, "503, 1 asked"
            PUT, NOTHING, HELD, "503, 1 asked"
            PUT, STALE, HELD, "503, 1 asked"
            DELETE, NOTHING, HELD, "503, 1 asked"
            DELETE, STALE, HELD, "503, 1 asked"
            POST, NOTHING, HELD, "503, 1 asked"
            POST, STALE, HELD, "503, 1 asked"
            """)
    void a_request_in_trouble(Method method, Stored stored, Trouble trouble, String outcome) throws Exception {
        bring(stored, trouble);
        HttpRequest request = method.at(request("/a")).build();
        assertThat(outcome(client, request)).isEqualTo(outcome);
    }

    private void bring(Stored stored, Trouble trouble) throws Exception {
        store(stored, "/a");
        fail("/a");
        if (trouble != Trouble.NONE) {
            holdBack("/a");
        }
        if (trouble == Trouble.DUE) {
            clock.advance(LONGER_THAN_A_WAIT);
        }
    }

    static Stream<Arguments> inEachWay() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(
                        Arguments.of(way, Stored.NOTHING, Trouble.NONE, "503, 1 asked"),
                        Arguments.of(way, Stored.NOTHING, Trouble.HELD, "held after STATUS, 0 asked"),
                        Arguments.of(way, Stored.NOTHING, Trouble.DUE, "503, 1 asked"),
                        Arguments.of(way, Stored.STALE, Trouble.HELD, "200 by backoff, 0 asked"),
                        Arguments.of(way, Stored.STALE, Trouble.DUE, "200 by backoff, 1 asked"),
                        Arguments.of(way, Stored.MUST_REVALIDATE, Trouble.HELD, "held after STATUS, 0 asked")));
    }

    @ParameterizedTest
    @MethodSource("inEachWay")
    void a_GET_in_trouble_has_one_outcome_in_each_way(Way way, Stored stored, Trouble trouble, String outcome)
            throws Exception {
        bring(stored, trouble);
        assertThat(outcome(client, request("/a").build(), way)).isEqualTo(outcome);
    }

    @Test
    void a_request_that_takes_pushed_responses_is_not_held() throws Exception {
        holdBack("/a");
        HttpResponse<String> response = client.sendAsync(
                        request("/a").build(), BodyHandlers.ofString(), (of, pushed, acceptor) -> {})
                .get();
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(origin.requests("/a")).isEqualTo(3);
    }

    @Test
    void the_counts_tell_held_calls_and_stale_responses_apart() throws Exception {
        store(Stored.STALE, "/a");
        holdBack("/a");
        holdBack("/b");
        CacheStats before = cache.stats();
        for (int i = 0; i < 3; i++) {
            get(client, "/a");
            client.send(Method.HEAD.at(request("/a")).build(), BodyHandlers.discarding());
            client.send(Method.RANGE.at(request("/b")).build(), BodyHandlers.discarding()); // goes to the origin
            assertThatThrownBy(() -> get(client, "/b")).isInstanceOf(FetchException.class);
        }
        CacheStats after = cache.stats();
        assertThat(after.heldByBackoff() - before.heldByBackoff()).isEqualTo(9);
        assertThat(after.stale().get(Served.STALE_BACKOFF)).isEqualTo(6);
        assertThat(after.misses()).isEqualTo(before.misses());
        assertThat(after.hits()).isEqualTo(before.hits());
        assertThat(after.failures()).isEqualTo(before.failures());
        assertThat(after.requestsSent() - before.requestsSent()).isEqualTo(3);
    }

    @Test
    void a_dead_origin_is_one_warning_for_all_clients() throws Exception {
        origin.down();
        for (int i = 0; i < 20; i++) {
            HttpClient by = i % 2 == 0 ? client : transparent;
            assertThatThrownBy(() -> get(by, "/a")).isInstanceOf(IOException.class);
        }
        awaitLanding();
        assertThat(given.logs().warnings()).singleElement().asString().contains("no stored response can stand in");
    }

    @Test
    void a_request_that_goes_to_the_origin_during_a_backoff_warns_of_no_failing_call() throws Exception {
        store(Stored.STALE, "/a");
        origin.down();
        assertThat(get(client, "/a").statusCode()).isEqualTo(200);
        awaitLanding();
        HttpRequest head = Method.HEAD.at(request("/b")).build();
        assertThatThrownBy(() -> client.send(head, BodyHandlers.discarding())).isInstanceOf(ConnectException.class);
        assertThat(given.logs().warnings()).singleElement().asString().contains("stale responses stand in");
        assertThatThrownBy(() -> get(client, "/b")).isInstanceOf(FetchException.class);
        assertThat(given.logs().warnings()).hasSize(2).last().asString().contains("no stored response can stand in");
    }

    @Test
    void the_default_client_asks_whatever_has_failed_before() throws Exception {
        store(Stored.STALE, "/a");
        holdBack("/a");
        holdBack("/b");
        assertThat(outcome(transparent, request("/a").build())).isEqualTo("200, 1 asked");
        assertThat(outcome(transparent, request("/b").build())).isEqualTo("503, 1 asked");
        HttpClient following = cache.asHttpClient(Redirect.NORMAL);
        assertThat(outcome(following, request("/b").build())).isEqualTo("503, 1 asked");
    }

    @Test
    void the_exception_of_a_held_call_says_why_and_until_when() throws Exception {
        fail("/a");
        assertThat(get(client, "/a").statusCode()).isEqualTo(503);
        assertThat(get(client, "/a").statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> get(client, "/a")).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.reason()).isEqualTo(Reason.STATUS);
            assertThat(e.status()).hasValue(503);
            assertThat(e.uri()).isEqualTo(origin.uri("/a"));
            assertThat(e.trouble()).hasValueSatisfying(trouble -> {
                assertThat(trouble.consecutiveFailures()).isEqualTo(2);
                assertThat(trouble.reason()).isEqualTo(Reason.STATUS);
                assertThat(trouble.nextAttempt())
                        .hasValueSatisfying(
                                next -> assertThat(next).isAfter(clock.wall().instant()));
            });
            assertThat(e.getStackTrace())
                    .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(DropInBackoffTest.class.getName()));
        });
        assertThatThrownBy(() -> client.sendAsync(request("/a").build(), BodyHandlers.ofString())
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StatusException.class);
        assertThat(origin.requests("/a")).isEqualTo(2);
    }

    @Test
    void a_retry_after_holds_from_the_first_failure_on() throws Exception {
        origin.on("/a", call -> call.status(503, "Retry-After: 60"));
        assertThat(get(client, "/a").statusCode()).isEqualTo(503);
        assertThat(outcome(client, request("/a").build())).isEqualTo("held after STATUS, 0 asked");
        clock.advance(Duration.ofSeconds(61));
        assertThat(outcome(client, request("/a").build())).isEqualTo("503, 1 asked");
    }

    @Test
    void a_refused_connection_reaches_its_caller_as_with_the_client_of_the_JDK_and_later_calls_are_held()
            throws Exception {
        origin.down();
        assertThatThrownBy(() -> get(client, "/a")).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> get(client, "/a")).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> get(client, "/a"))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONNECT));
        origin.up();
        origin.json("/a", "[1]");
        clock.advance(LONGER_THAN_A_WAIT);
        assertThat(outcome(client, request("/a").build())).isEqualTo("200, 1 asked");
        assertThat(outcome(client, request("/a").build())).isEqualTo("200, 1 asked");
    }

    @Test
    void a_probe_that_succeeds_renews_the_response_and_ends_the_backoff() throws Exception {
        store(Stored.STALE, "/a");
        holdBack("/a");
        clock.advance(LONGER_THAN_A_WAIT);
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("[2]", "Cache-Control: max-age=60");
        });
        assertThat(get(client, "/a").body()).as("no caller waits for the probe").isEqualTo("[1]");
        latch.awaitArrivals(1);
        assertThat(get(client, "/a").body()).as("while the probe is up").isEqualTo("[1]");
        latch.open();
        awaitLanding();
        HttpResponse<String> renewed = get(client, "/a");
        assertThat(renewed.body()).isEqualTo("[2]");
        assertThat(renewed.headers().firstValue("Cache-Status"))
                .hasValueSatisfying(status -> assertThat(status).contains("hit"));
        assertThat(origin.requests("/a")).isEqualTo(4);
    }

    @Test
    void a_held_caller_joins_a_fetch_of_the_default_client() throws Exception {
        holdBack("/a");
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("[2]", "Cache-Control: max-age=60");
        });
        Crowd<String> leader = Crowd.one(() -> get(transparent, "/a").body());
        latch.awaitArrivals(1);
        long collapsed = cache.stats().collapsed();
        Crowd<String> held = Crowd.one(() -> get(client, "/a").body());
        Await.until("the held caller has joined", () -> cache.stats().collapsed() == collapsed + 1);
        latch.open();
        assertThat(held.value()).isEqualTo("[2]");
        assertThat(leader.value()).isEqualTo("[2]");
    }

    @Test
    void a_held_hop_of_a_redirect_fails_the_call() throws Exception {
        HttpClient following = cache.asHttpClient(BACKOFF.redirects(Redirect.NORMAL));
        holdBack("/b");
        origin.on("/a", call -> call.status(302, "Location: /b"));
        assertThat(outcome(following, request("/a").build())).isEqualTo("held after STATUS, 1 asked");
    }

    @Test
    void a_request_that_goes_past_the_cache_and_fails_holds_no_call_back() throws Exception {
        fail("/a");
        for (int i = 0; i < 3; i++) {
            client.send(Method.POST.at(request("/a")).build(), BodyHandlers.discarding());
            client.send(Method.HEAD.at(request("/a")).build(), BodyHandlers.discarding());
        }
        assertThat(outcome(client, request("/a").build())).isEqualTo("503, 1 asked");
    }

    @Test
    void failures_of_the_value_API_and_of_the_client_count_together() throws Exception {
        fail("/a");
        assertThatThrownBy(() -> cache.get(origin.uri("/a"))).isInstanceOf(StatusException.class);
        assertThat(get(client, "/a").statusCode()).isEqualTo(503);
        assertThat(outcome(client, request("/a").build())).isEqualTo("held after STATUS, 0 asked");
        assertThatThrownBy(() -> cache.get(origin.uri("/a"))).hasMessageContaining("consecutive failures: 2");
    }

    @Test
    void invalidation_and_retryNow_let_the_next_call_ask() throws Exception {
        holdBack("/a");
        cache.retryNow(origin.uri("/a"));
        assertThat(outcome(client, request("/a").build())).isEqualTo("503, 1 asked");
        assertThat(outcome(client, request("/a").build())).isEqualTo("held after STATUS, 0 asked");
        cache.invalidate(origin.uri("/a"));
        assertThat(outcome(client, request("/a").build())).isEqualTo("503, 1 asked");
    }

    @Test
    void a_client_with_a_cache_of_its_own_has_the_options_too() throws Exception {
        CachingHttpClient own = given.closing(CachingHttpClient.newBuilder()
                .followRedirects(Redirect.NORMAL)
                .client(options -> options.backoff(true).softTimeout(Duration.ofSeconds(1)))
                .build());
        assertThat(own.followRedirects()).isEqualTo(Redirect.NORMAL);
        origin.on("/a", call -> call.status(503, "Retry-After: 60"));
        assertThat(get(own, "/a").statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> get(own, "/a")).isInstanceOf(StatusException.class);
    }
}
