package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Certificates;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Http2Origin;
import dev.fetchonce.testing.Http2Origin.Script;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An origin that sends bad HTTP/2, frame by frame. No caller gets a wrong body, no call hangs, and nothing stays open.
 */
class Http2FramesTest {
    private static final String KIND = "content-type";
    private static final String JSON = "application/json";
    private static final String LENGTH = "content-length";
    private static final int LIMIT = 100_000;

    /**
     * The number of requests that the JDK's client and the cache send together for an origin that declares each of them
     * unprocessed.
     */
    private static final int REFUSALS = 4;

    @TempDir
    static Path directory;

    private static KeyStore authority;
    private static KeyStore identity;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final TestClock clock = new TestClock();
    private final List<HttpCache> caches = new ArrayList<>();
    private Http2Origin origin;

    /** The cases that the client of an older JDK accepts, or reports as a broken connection. */
    private static final Set<String> REFUSED_SINCE_25 = Set.of(
            "a transfer coding",
            "a field of one connection",
            "a name in capitals",
            "an empty name",
            "a blank in a name",
            "a line end in a value",
            "a NUL in a value",
            "a field of a request");

    /**
     * The behaviour of an origin.
     *
     * @param requests the most requests that the origin may see for one call
     */
    record Case(String name, Reason reason, int requests, Script script) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void make_certificates() {
        Certificates certificates = new Certificates(directory);
        authority = certificates.authority();
        identity = certificates.signed("server", "ip:127.0.0.1", "-1d", 30);
    }

    @BeforeEach
    void start() {
        origin = new Http2Origin(Certificates.server(identity));
    }

    @AfterEach
    void nothing_is_left_open_after_close() {
        try (Http2Origin closing = origin) {
            caches.forEach(cache -> Await.until("no flight is up", () -> Insides.fetchesInProgress(cache) == 0));
            caches.forEach(HttpCache::close);
            Await.until("no connection is left", () -> closing.open() == 0);
        }
    }

    private HttpCache cache(Duration timeout) {
        HttpCache cache = given.impatient(b -> b.timeout(timeout)
                .firstTimeout(timeout)
                .patience(Duration.ofSeconds(60))
                .maximumBodyBytes(LIMIT)
                .clock(clock::nanoTime, clock.wall())
                .configureClient(c -> c.version(HttpClient.Version.HTTP_2).sslContext(Certificates.client(authority))));
        caches.add(cache);
        return cache;
    }

    private HttpCache cache() {
        return cache(Duration.ofSeconds(30));
    }

    private FetchException failure(HttpCache cache, String target) {
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache.fetch(origin.url(target)));
        assertThat(e).as("what the call for %s threw", target).isNotNull();
        assertThat(e).hasMessageContaining(origin.url(""));
        assertThat(e.toString() + e.getCause()).doesNotContain(Invariants.SECRET);
        return e;
    }

    private static Case protocol(String name, Script script) {
        return new Case(name, Reason.PROTOCOL, 1, script);
    }

    private static Case broken(String name, int requests, Script script) {
        return new Case(name, Reason.BROKEN, requests, script);
    }

    private static Case answers(String name, String... fields) {
        return protocol(name, request -> request.answer(200, "[1]", fields));
    }

    static List<Case> lengths() {
        return List.of(
                answers("a length that is too long", LENGTH, "5"),
                answers("a length that is too short", LENGTH, "2"),
                answers("no length but a body", LENGTH, "0"),
                protocol("a length and no body", request -> request.head(Http2Origin.END_STREAM, 200, LENGTH, "5")),
                answers("lengths that differ", LENGTH, "3", LENGTH, "4"),
                answers("a negative length", LENGTH, "-3"),
                answers("a signed length", LENGTH, "+3"),
                answers("an absurd length", LENGTH, "99999999999999999999"),
                answers("a transfer coding", "transfer-encoding", "chunked"),
                answers("a transfer coding and a length", "transfer-encoding", "chunked", LENGTH, "3"));
    }

    static List<Case> heads() {
        return List.of(
                answers("a field of one connection", "connection", "close"),
                answers("a field of 70 kB", "x-big", Invariants.SECRET.repeat(12_000)),
                answers("a field of 400 kB", "x-big", "y".repeat(400_000)),
                answers("a name in capitals", "X-Upper", Invariants.SECRET),
                answers("an empty name", "", "y"),
                answers("a blank in a name", "x y", "y"),
                answers("a line end in a value", "x-y", "a\nset-cookie: b"),
                answers("a NUL in a value", "x-y", "a\0b"),
                answers("a field of a request", ":path", "/"),
                protocol("no status", request -> request.block(0, KIND, JSON).data(Http2Origin.END_STREAM, "[1]")),
                protocol(
                        "a status that is no number",
                        request -> request.block(0, ":status", "abc").data(Http2Origin.END_STREAM, "[1]")),
                answersWith("switching protocols", 101),
                protocol("an end after an interim answer", request -> request.head(Http2Origin.END_STREAM, 103)),
                protocol("interim answers without end", request -> {
                    while (request.connection().open()) {
                        request.head(0, 103, "link", "x");
                    }
                }),
                protocol("a header block without end", request -> {
                    request.send(Http2Origin.HEADERS, 0, Http2Origin.block(":status", "200"));
                    byte[] more = Http2Origin.block("x-more", "y".repeat(16_000));
                    while (request.connection().open()) {
                        request.send(Http2Origin.CONTINUATION, 0, more);
                    }
                }));
    }

    private static Case answersWith(String name, int status) {
        return protocol(name, request -> request.answer(status, "[1]"));
    }

    static List<Case> frames() {
        return List.of(
                protocol(
                        "a promise nobody asked for",
                        request -> request.send(
                                        Http2Origin.PUSH_PROMISE, Http2Origin.END_HEADERS, new byte[] {0, 0, 0, 2})
                                .answer(200, "[1]")),
                protocol(
                        "a frame that is too large",
                        request ->
                                request.head(0, 200).send(Http2Origin.DATA, Http2Origin.END_STREAM, new byte[20_000])),
                protocol(
                        "a stream that nobody opened",
                        request -> request.connection()
                                .send(
                                        Http2Origin.HEADERS,
                                        Http2Origin.END_HEADERS | Http2Origin.END_STREAM,
                                        99,
                                        Http2Origin.block(":status", "200"))),
                protocol(
                        "a body of no stream",
                        request -> request.connection().send(Http2Origin.DATA, Http2Origin.END_STREAM, 0, new byte[3])),
                protocol(
                        "header fields that do not decode",
                        request -> request.send(
                                Http2Origin.HEADERS,
                                Http2Origin.END_HEADERS | Http2Origin.END_STREAM,
                                new byte[] {-1, -1, -1, -1, -1})),
                protocol("what is no HTTP/2", request -> request.connection().raw("HTTP/1.1 200 OK\r\n\r\n[1]")));
    }

    static List<Case> ends() {
        return List.of(
                broken("a stream that fails", 2, request -> request.reset(Http2Origin.INTERNAL_ERROR)),
                broken("a stream that ends without reason", 2, request -> request.reset(Http2Origin.NO_ERROR)),
                broken("a stream that is too much", 2, request -> request.reset(Http2Origin.ENHANCE_YOUR_CALM)),
                broken("a stream that is refused", REFUSALS, request -> request.reset(Http2Origin.REFUSED_STREAM)),
                broken(
                        "an origin that goes away",
                        REFUSALS,
                        request -> request.connection().goAway(0, Http2Origin.NO_ERROR)),
                broken("an origin that goes away and ends", REFUSALS, request -> {
                    request.connection().goAway(0, Http2Origin.NO_ERROR);
                    request.connection().end();
                }),
                broken(
                        "a connection that ends",
                        2,
                        request -> request.connection().end()),
                broken(
                        "a connection that ends after the head",
                        1,
                        request -> request.head(0, 200, KIND, JSON).connection().end()),
                broken(
                        "a stream refused after its head",
                        2,
                        request -> request.head(0, 200).reset(Http2Origin.REFUSED_STREAM)),
                broken(
                        "a stream that fails in its body",
                        2,
                        request -> request.head(0, 200).data(0, "[1]").reset(Http2Origin.INTERNAL_ERROR)),
                broken(
                        "a stream that ends without reason in its body",
                        2,
                        request -> request.head(0, 200).data(0, "[1]").reset(Http2Origin.NO_ERROR)),
                new Case(
                        "a body without end",
                        Reason.TOO_LARGE,
                        1,
                        request -> request.head(0, 200).endless()),
                new Case(
                        "a body that is too large",
                        Reason.TOO_LARGE,
                        1,
                        request -> request.answer(200, "[1]", LENGTH, String.valueOf(LIMIT + 1))));
    }

    /** If a reset follows a head at once, the client may lose the head and repeat the request. */
    @ParameterizedTest
    @MethodSource({"lengths", "heads", "frames", "ends"})
    void frames_that_make_no_answer_are_a_failure_that_is_thrown_and_covered(Case wrong) throws Exception {
        assumeTrue(Runtime.version().feature() >= 25 || !REFUSED_SINCE_25.contains(wrong.name()));
        HttpCache cache = cache();
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
        clock.advance(Duration.ofMinutes(1));

        int before = origin.requests().size();
        origin.on(wrong.script());
        FetchException e = failure(cache, "/absent?" + Invariants.SECRET);
        assertThat(e.reason()).as(e + " " + e.getCause()).isEqualTo(wrong.reason());
        assertThat(origin.requests().size() - before).isBetween(1, Math.max(2, wrong.requests()));
        assertThat(cache.peek(origin.uri("/absent?" + Invariants.SECRET))).isEmpty();
        CachedResponse stale = cache.fetch(origin.url("/a"));
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(stale.text()).isEqualTo("[1]");

        origin.on(request -> request.answer(200, "[2]"));
        Await.until("it works again", () -> {
            try {
                return cache.fetch(origin.url("/b")).text().equals("[2]");
            } catch (FetchException spoilt) { // the client has not noticed the spoilt connection yet
                return false;
            }
        });
    }

    static List<Case> silences() {
        return List.of(
                silence("no answer", request -> {}),
                silence("a body before the head", request -> request.data(Http2Origin.END_STREAM, "[1]")),
                silence("no end", request -> request.head(0, 200, KIND, JSON).data(0, "[1]")),
                silence(
                        "trailers that are no end",
                        request -> request.head(0, 200).data(0, "[1]").block(0, "x-trailer", "y")),
                silence("empty pieces of a body without end", request -> {
                    request.head(0, 200);
                    while (request.connection().open()) {
                        request.data(0, "");
                    }
                }),
                silence("pings without end", request -> {
                    while (request.connection().open()) {
                        request.connection().send(Http2Origin.PING, 0, 0, new byte[8]);
                    }
                }));
    }

    private static Case silence(String name, Script script) {
        return new Case(name, Reason.TIMEOUT, 1, script);
    }

    @ParameterizedTest
    @MethodSource("silences")
    void an_answer_that_does_not_end_is_a_timeout(Case wrong) {
        origin.on(wrong.script());
        HttpCache cache = cache(Duration.ofMillis(500));
        assertThat(failure(cache, "/a?" + Invariants.SECRET).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(cache.peek(origin.uri("/a?" + Invariants.SECRET))).isEmpty();
    }

    @Test
    void an_origin_that_never_sends_its_settings_is_a_timeout() {
        origin.opening(connection -> {}).on(request -> {});
        assertThat(failure(cache(Duration.ofMillis(500)), "/a").reason()).isEqualTo(Reason.TIMEOUT);
    }

    static List<Case> repeats() {
        return List.of(
                repeat("refused", request -> request.reset(Http2Origin.REFUSED_STREAM)),
                repeat("failed", request -> request.reset(Http2Origin.INTERNAL_ERROR)),
                repeat("went away", request -> request.connection().goAway(0, Http2Origin.NO_ERROR)),
                repeat("went away and ended", request -> {
                    request.connection().goAway(0, Http2Origin.NO_ERROR);
                    request.connection().end();
                }),
                repeat("went away in anger", request -> {
                    request.connection().goAway(0, Http2Origin.ENHANCE_YOUR_CALM);
                    request.connection().end();
                }),
                repeat("took it, went away and ended", request -> {
                    request.connection().goAway(request.stream(), Http2Origin.NO_ERROR);
                    request.connection().end();
                }),
                repeat("ended", request -> request.connection().end()));
    }

    private static Case repeat(String name, Script script) {
        return new Case(name, Reason.BROKEN, 2, script);
    }

    @ParameterizedTest
    @MethodSource("repeats")
    void a_request_that_came_to_nothing_once_is_repeated_once(Case once) throws Exception {
        origin.on(request -> {
            if (request.number() == 1) {
                once.script().play(request);
            } else {
                request.answer(200, "[1]");
            }
        });
        assertThat(cache().fetch(origin.url("/a")).text()).isEqualTo("[1]");
        assertThat(origin.requests()).hasSize(once.requests());
    }

    static List<Case> oddities() {
        return List.of(
                fine(
                        "an interim answer",
                        request -> request.head(0, 103, "link", "x").answer(200, "[1]", KIND, JSON)),
                fine("a length that fits", request -> request.answer(200, "[1]", LENGTH, "3")),
                fine("the same length twice", request -> request.answer(200, "[1]", LENGTH, "3", LENGTH, "3")),
                fine(
                        "trailers",
                        request -> request.head(0, 200).data(0, "[1]").block(Http2Origin.END_STREAM, "x-trailer", "y")),
                fine("a reset after the end", request -> {
                    request.answer(200, "[1]");
                    request.reset(Http2Origin.NO_ERROR);
                }),
                fine(
                        "a frame of an unknown type",
                        request -> request.send(99, 0, new byte[3]).answer(200, "[1]")),
                fine("many pings", request -> {
                    for (int i = 0; i < 1_000; i++) {
                        request.connection().send(Http2Origin.PING, 0, 0, new byte[8]);
                    }
                    request.answer(200, "[1]");
                }),
                fine("a going away after the request", request -> {
                    request.connection().goAway(request.stream(), Http2Origin.NO_ERROR);
                    request.answer(200, "[1]");
                }));
    }

    private static Case fine(String name, Script script) {
        return new Case(name, Reason.INTERNAL, 1, script);
    }

    @ParameterizedTest
    @MethodSource("oddities")
    void an_odd_but_allowed_answer_is_an_answer(Case odd) throws Exception {
        origin.on(odd.script());
        HttpCache cache = cache();
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith(":"));
        assertThat(cache.fetch(origin.url("/b")).text()).isEqualTo("[1]");
        assertThat(origin.requests()).hasSize(2);
    }

    static List<Case> confirmations() {
        return List.of(
                fine(
                        "the length of what it confirms",
                        request -> request.head(Http2Origin.END_STREAM, 304, "etag", "\"1\"", LENGTH, "3")),
                fine(
                        "another length",
                        request -> request.head(Http2Origin.END_STREAM, 304, "etag", "\"1\"", LENGTH, "99")),
                fine(
                        "two lengths",
                        request ->
                                request.head(Http2Origin.END_STREAM, 304, "etag", "\"1\"", LENGTH, "3", LENGTH, "4")),
                fine(
                        "an end in a frame of its own",
                        request -> request.head(0, 304, "etag", "\"1\"", LENGTH, "3")
                                .data(Http2Origin.END_STREAM, "")));
    }

    @ParameterizedTest
    @MethodSource("confirmations")
    void a_304_announces_the_length_of_another_body(Case odd) throws Exception {
        HttpCache cache = cache();
        origin.on(request -> request.answer(200, "[1]", "etag", "\"1\"", LENGTH, "3"));
        cache.fetch(origin.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        origin.on(odd.script());
        CachedResponse confirmed = cache.fetch(origin.url("/a"));
        assertThat(confirmed.served()).isEqualTo(Served.REVALIDATED);
        assertThat(confirmed.status()).isEqualTo(200);
        assertThat(confirmed.text()).isEqualTo("[1]");
        assertThat(confirmed.headers().map().keySet()).noneMatch(name -> name.startsWith(":"));
        assertThat(origin.requests()).hasSize(2);
    }

    @Test
    void a_304_that_cannot_be_read_is_asked_for_without_conditions() throws Exception {
        HttpCache cache = cache();
        origin.on(request -> request.answer(200, "[1]", "etag", "\"1\"", LENGTH, "3"));
        cache.fetch(origin.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        origin.on(request -> {
            if (request.number() == 2) {
                request.head(Http2Origin.END_STREAM, 304, "etag", "\"1\"", LENGTH, "many");
            } else {
                request.answer(200, "[2]");
            }
        });
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests()).hasSize(3);
    }

    static List<Case> bodiless() {
        return List.of(
                fine("a length", request -> request.head(Http2Origin.END_STREAM, 204, LENGTH, "2")),
                fine("a length of zero", request -> request.head(Http2Origin.END_STREAM, 204, LENGTH, "0")),
                fine(
                        "a length and an end in a frame of its own",
                        request -> request.head(0, 204, LENGTH, "2").data(Http2Origin.END_STREAM, "")),
                fine("a length and a body", request -> request.answer(204, "no", LENGTH, "2")),
                fine("a length and no end", request -> request.head(0, 204, LENGTH, "2")));
    }

    @ParameterizedTest
    @MethodSource("bodiless")
    void a_204_has_no_body_whatever_its_fields_announce(Case odd) throws Exception {
        origin.on(odd.script());
        HttpCache cache = cache();
        for (Served served : List.of(Served.FETCHED, Served.HIT)) {
            CachedResponse response = cache.fetch(origin.url("/a"));
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.bytes()).isEmpty();
            assertThat(response.served()).isEqualTo(served);
        }
        assertThat(origin.requests()).hasSize(1);
    }

    @Test
    void the_body_of_a_412_to_conditions_of_its_own_is_not_awaited() throws Exception {
        HttpCache cache = cache();
        origin.on(request -> request.answer(200, "[1]", "etag", "\"1\"", LENGTH, "3"));
        cache.fetch(origin.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        origin.on(request -> {
            if (request.number() == 2) {
                request.head(0, 412).data(0, "no");
            } else {
                request.answer(200, "[2]");
            }
        });
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[2]");
        assertThat(origin.requests()).hasSize(3);
        assertThat(origin.connections()).as("only its stream has ended").hasSize(1);
    }

    @Test
    void an_exchange_that_is_given_up_gives_its_stream_and_its_window_back() throws Exception {
        assumeTrue(Runtime.version().feature() >= 25, "the client of JDK 21 does not");
        HttpCache cache = cache(Duration.ofSeconds(2));
        origin.streams(64).on(request -> {
            if (request.number() % 2 == 0) {
                request.head(0, 200).endless();
            }
        });
        Crowd.of(256, i -> () -> cache.fetch(origin.url("/" + i))).thrown();
        origin.requests().stream()
                .filter(request -> request.connection().open())
                .forEach(Http2FramesTest::awaitReset);
        origin.on(request -> request.answer(200, "[1]"));
        Crowd<String> crowd = Crowd.of(64, i -> () -> answer(cache, "/good" + i));
        assertThat(crowd.values()).containsOnly("[1]");
    }

    /** Fetches until a response comes in time, because the machine may be slow. Any other failure fails the test. */
    private String answer(HttpCache cache, String target) throws Exception {
        while (true) {
            try {
                return cache.fetch(origin.url(target)).text();
            } catch (FetchTimeoutException slowMachine) {
                continue;
            }
        }
    }

    private static void awaitReset(Http2Origin.Request request) {
        Await.until(
                "the stream is reset",
                () -> request.wasReset() || !request.connection().open());
    }

    @Test
    void more_requests_than_an_origin_takes_at_once_fail_and_name_the_option() throws Exception {
        HttpCache cache = cache();
        Latch latch = given.latch();
        origin.streams(1).on(request -> {
            if (request.number() == 2) {
                latch.pass();
            }
            request.answer(200, "[1]");
        });
        cache.fetch(origin.url("/connect"));
        Crowd<String> first = Crowd.one(() -> cache.fetch(origin.url("/a")).text());
        latch.awaitArrivals(1);
        FetchException e = failure(cache, "/b");
        assertThat(e.reason()).isEqualTo(Reason.BROKEN);
        assertThat(e).hasMessageContaining("connectionsPerOrigin");
        assertThat(origin.requests()).hasSize(2);
        latch.open();
        assertThat(first.value()).isEqualTo("[1]");
    }

    @Test
    void an_origin_that_knows_only_http_1_1_is_asked_so() throws Exception {
        ScriptedOrigin old =
                given.scripted(ScriptedOrigin.tls(Certificates.server(identity).getServerSocketFactory()));
        old.on("/", request -> request.json("[1]"));
        assertThat(cache().fetch(old.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void closing_the_cache_ends_the_exchanges_and_the_connection() {
        Latch latch = given.latch();
        origin.on(request -> latch.pass());
        HttpCache cache = cache();
        Crowd<String> crowd =
                Crowd.of(10, i -> () -> cache.fetch(origin.url("/" + i)).text());
        latch.awaitArrivals(10);
        cache.close();
        assertThat(crowd.thrown())
                .allSatisfy(e -> assertThat(((FetchException) e).reason()).isEqualTo(Reason.CLOSED));
        Await.until("the connection is closed", () -> origin.open() == 0);
    }
}
