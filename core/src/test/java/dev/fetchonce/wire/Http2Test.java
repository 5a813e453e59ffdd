package dev.fetchonce.wire;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Certificates;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises for HTTP/1.1 hold for HTTP/2 as well, with TLS and without. The server is not ours: it is Jetty. */
class Http2Test {
    private static final int STREAMS = 100;
    private static final int LIMIT = 10_000;

    @TempDir
    static Path directory;

    private static KeyStore authority;
    private static WireMockServer server;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final TestClock clock = new TestClock();

    /** The ways in which client and server agree on HTTP/2. */
    enum Wire {
        /** An offer in the TLS handshake. */
        ALPN,
        /** An offer in an HTTP/1.1 request in clear text. */
        UPGRADE;

        String url(String target) {
            return switch (this) {
                case ALPN -> "https://127.0.0.1:" + server.httpsPort() + target;
                case UPGRADE -> "http://127.0.0.1:" + server.port() + target;
            };
        }
    }

    @BeforeAll
    static void start() {
        Certificates certificates = new Certificates(directory);
        authority = certificates.authority();
        Path identity = certificates.file(certificates.signed("server", "ip:127.0.0.1", "-1d", 30), "identity");
        server = new WireMockServer(WireMockConfiguration.options()
                .bindAddress("127.0.0.1")
                .dynamicPort()
                .dynamicHttpsPort()
                .keystorePath(identity.toString())
                .keystoreType("PKCS12")
                .keystorePassword(Certificates.PASSWORD)
                .keyManagerPassword(Certificates.PASSWORD)
                .jettyAcceptQueueSize(4096)
                .gzipDisabled(true));
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    @BeforeEach
    void reset() {
        server.resetAll();
    }

    private static HttpClient.Builder http2(HttpClient.Builder client) {
        return client.version(HttpClient.Version.HTTP_2).sslContext(Certificates.client(authority));
    }

    private HttpCache cache() {
        return cache(b -> b.timeout(Duration.ofSeconds(30)));
    }

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.impatient(b -> options.apply(b.patience(Duration.ofSeconds(60))
                .clock(clock::nanoTime, clock.wall())
                .maximumBodyBytes(LIMIT)
                .configureClient(Http2Test::http2)));
    }

    private static void answer(ResponseDefinitionBuilder response) {
        server.resetAll();
        server.stubFor(any(anyUrl()).willReturn(response));
    }

    private static ResponseDefinitionBuilder good(String body) {
        return aResponse()
                .withStatus(200)
                .withHeader("Content-Type", "application/json")
                .withBody(body);
    }

    private static List<LoggedRequest> requests() {
        return server.findAll(anyRequestedFor(anyUrl()));
    }

    private static void assertHttp2() {
        assertThat(requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.getProtocol()).isEqualTo("HTTP/2.0"));
    }

    /** Opens the connection, so that the later requests of a test use HTTP/2 even where it needs an upgrade. */
    private static void connect(HttpCache cache, Wire wire) throws Exception {
        answer(good("[0]"));
        cache.refresh(URI.create(wire.url("/connect")));
        server.resetAll();
    }

    private static FetchException failure(HttpCache cache, String url) {
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache.fetch(url));
        assertThat(e).as(url).isNotNull();
        assertThat(e.toString() + e.getCause()).doesNotContain(Invariants.SECRET);
        return e;
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_comes_over_http_2_and_is_kept(Wire wire) throws Exception {
        HttpCache cache = cache();
        connect(cache, wire);
        answer(good("[1]"));
        assertThat(cache.get(wire.url("/a")).get(0).intValue()).isEqualTo(1);
        assertThat(cache.fetch(wire.url("/a")).served()).isEqualTo(Served.HIT);
        assertThat(requests()).hasSize(1);
        assertThat(cache.fetch(wire.url("/a")).headers().map().keySet()).noneMatch(name -> name.startsWith(":"));
        assertHttp2();
    }

    @ParameterizedTest
    @EnumSource
    void a_compressed_body_is_decoded(Wire wire) throws Exception {
        String body = "[\"" + "ä€😀".repeat(500) + "\"]";
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        HttpCache cache = cache();
        connect(cache, wire);
        answer(good("").withHeader("Content-Encoding", "gzip").withBody(compressed.toByteArray()));
        assertThat(cache.fetch(wire.url("/a")).text()).isEqualTo(body);
        assertThat(requests().getFirst().header("Accept-Encoding").firstValue()).contains("gzip");
        assertHttp2();
    }

    @ParameterizedTest
    @EnumSource
    void a_304_confirms_what_is_stored(Wire wire) throws Exception {
        HttpCache cache = cache();
        answer(good("[1]").withHeader("ETag", "\"1\""));
        Object tree = cache.get(wire.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        server.resetAll();
        server.stubFor(any(anyUrl())
                .withHeader("If-None-Match", equalTo("\"1\""))
                .willReturn(aResponse().withStatus(304).withHeader("ETag", "\"1\"")));
        CachedResponse confirmed = cache.fetch(wire.url("/a"));
        assertThat(confirmed.served()).isEqualTo(Served.REVALIDATED);
        assertThat(confirmed.json()).isSameAs(tree);
        assertThat(requests()).hasSize(1);
        assertHttp2();
    }

    @ParameterizedTest
    @CsvSource({"ALPN, 503", "UPGRADE, 503", "ALPN, 404", "UPGRADE, 404"})
    void a_status_that_is_no_success_is_thrown_and_only_an_outage_is_covered(Wire wire, int status) throws Exception {
        HttpCache cache = cache();
        answer(good("[1]"));
        cache.fetch(wire.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        answer(aResponse().withStatus(status).withBody("no"));
        assertThat(failure(cache, wire.url("/absent?" + Invariants.SECRET)))
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(status));
        if (status == 503) {
            assertThat(cache.fetch(wire.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        } else {
            assertThat(failure(cache, wire.url("/a")).status()).hasValue(status);
        }
        assertHttp2();
    }

    @ParameterizedTest
    @CsvSource({"ALPN, true", "ALPN, false", "UPGRADE, true", "UPGRADE, false"})
    void too_large_a_body_is_refused_announced_or_not_and_the_connection_lives_on(Wire wire, boolean announced)
            throws Exception {
        HttpCache cache = cache();
        connect(cache, wire);
        ResponseDefinitionBuilder large = good("x".repeat(50 * LIMIT));
        answer(announced ? large.withHeader("Content-Length", "" + 50 * LIMIT) : large.withChunkedDribbleDelay(20, 20));
        FetchException e = failure(cache, wire.url("/a?" + Invariants.SECRET));
        assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(e).hasMessageContaining(announced ? "was announced" : "did not end within");
        assertThat(requests()).hasSize(1);
        assertHttp2();
        answer(good("[1]"));
        assertThat(cache.fetch(wire.url("/b")).text()).isEqualTo("[1]");
        assertHttp2();
    }

    @ParameterizedTest
    @EnumSource
    void a_body_of_exactly_the_limit_is_taken(Wire wire) throws Exception {
        HttpCache cache = cache();
        connect(cache, wire);
        answer(good("x".repeat(LIMIT)));
        assertThat(cache.fetch(wire.url("/a")).text()).hasSize(LIMIT);
        assertHttp2();
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_that_comes_too_late_is_a_timeout_and_covered(Wire wire) throws Exception {
        HttpCache cache = cache(b -> b.timeout(Duration.ofSeconds(1))
                .softTimeout(Duration.ofMinutes(1))
                .firstTimeout(Duration.ofSeconds(1)));
        answer(good("[1]"));
        Await.until("it is stored", () -> {
            try {
                return cache.get(wire.url("/a")).size() == 1;
            } catch (FetchTimeoutException slowMachine) {
                return false;
            }
        });
        clock.advance(Duration.ofMinutes(1));
        answer(good("[2]").withFixedDelay(3_000));
        assertThat(cache.fetch(wire.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        assertThat(failure(cache, wire.url("/absent")).reason()).isEqualTo(Reason.TIMEOUT);
        answer(good("[" + "1,".repeat(500) + "1]").withChunkedDribbleDelay(20, 20_000));
        assertThat(failure(cache, wire.url("/dripping")).reason()).isEqualTo(Reason.TIMEOUT);
        assertHttp2();
    }

    /**
     * Returns the failure of a fault. The server cannot put the fault on the wire if the connection writes data of its
     * own at that moment. It then answers 500, and the method calls again.
     */
    private static FetchException fault(HttpCache cache, Wire wire, Fault fault) throws Exception {
        FetchException e = null;
        for (int turn = 1; turn <= 5 && (e == null || e.reason() == Reason.STATUS); turn++) {
            connect(cache, wire);
            answer(aResponse().withStatus(200).withFault(fault));
            e = failure(cache, wire.url("/absent/" + fault + "/" + turn + "?" + Invariants.SECRET));
        }
        return e;
    }

    @ParameterizedTest
    @EnumSource
    void faults_are_failures_and_covered_and_never_answers(Wire wire) throws Exception {
        HttpCache cache = cache();
        answer(good("[1]"));
        cache.fetch(wire.url("/a"));
        clock.advance(Duration.ofMinutes(1));
        for (Fault fault : Fault.values()) {
            assertThat(fault(cache, wire, fault).reason()).as(fault.toString()).isIn(Reason.BROKEN, Reason.PROTOCOL);
            assertThat(requests()).hasSizeBetween(1, 2);
            CachedResponse stale = cache.fetch(wire.url("/a"));
            assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
            assertThat(stale.text()).isEqualTo("[1]");
            if (wire == Wire.ALPN) { // with an upgrade each new connection begins with HTTP/1.1
                assertHttp2();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_redirect_is_followed(Wire wire) throws Exception {
        HttpCache cache = cache();
        connect(cache, wire);
        server.stubFor(
                any(urlEqualTo("/from")).willReturn(aResponse().withStatus(302).withHeader("Location", "/to")));
        server.stubFor(any(urlEqualTo("/to")).willReturn(good("[1]")));
        CachedResponse response = cache.fetch(wire.url("/from"));
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.uri()).isEqualTo(URI.create(wire.url("/to")));
        assertThat(requests()).hasSize(2);
        assertHttp2();
    }

    @Test
    void a_redirect_from_https_to_http_is_refused() {
        answer(aResponse().withStatus(302).withHeader("Location", Wire.UPGRADE.url("/to?" + Invariants.SECRET)));
        assertThat(failure(cache(), Wire.ALPN.url("/from")).reason()).isEqualTo(Reason.REDIRECT);
        assertHttp2();
    }

    @ParameterizedTest
    @EnumSource
    void a_thousand_cold_urls_at_once_all_succeed(Wire wire) {
        answer(good("[1]").withFixedDelay(5));
        HttpCache cache = cache();
        Crowd<Integer> crowd =
                Crowd.of(1_000, i -> () -> cache.get(wire.url("/" + i)).size());
        assertThat(crowd.values()).containsOnly(1);
        assertThat(requests().stream().map(LoggedRequest::getUrl).distinct()).hasSize(1_000);
        if (wire == Wire.ALPN) {
            assertHttp2();
        } else {
            assertThat(requests()).anyMatch(request -> request.getProtocol().equals("HTTP/2.0"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void two_thousand_callers_of_one_url_are_one_request(Wire wire) {
        answer(good("[1]").withFixedDelay(100));
        HttpCache cache = cache();
        assertThat(Crowd.of(2_000, () -> cache.get(wire.url("/a")).size()).values())
                .containsOnly(1);
        assertThat(requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {STREAMS + 1, 1_000})
    void more_permits_than_a_connection_has_streams_are_refused(int permits) {
        HttpCache.Builder own =
                HttpCache.builder().connectionsPerOrigin(permits).configureClient(Http2Test::http2);
        assertThatThrownBy(own::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("connectionsPerOrigin " + permits)
                .hasMessageContaining("HTTP/2")
                .hasMessageContaining("at most " + STREAMS);
        try (HttpClient client = http2(HttpClient.newBuilder()).build()) {
            HttpCache.Builder theirs =
                    HttpCache.builder().connectionsPerOrigin(permits).httpClient(client);
            assertThatThrownBy(theirs::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("connectionsPerOrigin " + permits)
                    .hasMessageContaining("at most " + STREAMS);
            assertThat(client.isTerminated()).as("it is not ours to end").isFalse();
        }
    }

    @Test
    void as_many_permits_as_a_connection_has_streams_all_work() {
        answer(good("[1]").withFixedDelay(20));
        HttpCache own = cache(b -> b.connectionsPerOrigin(STREAMS).timeout(Duration.ofSeconds(30)));
        assertThat(Crowd.of(500, i -> () -> own.get(Wire.ALPN.url("/" + i)).size())
                        .values())
                .containsOnly(1);
        try (HttpClient client = http2(HttpClient.newBuilder()).build()) {
            HttpCache theirs = given.impatient(b -> b.timeout(Duration.ofSeconds(30))
                    .patience(Duration.ofSeconds(60))
                    .connectionsPerOrigin(STREAMS)
                    .httpClient(client));
            assertThat(Crowd.of(
                                    500,
                                    i -> () ->
                                            theirs.get(Wire.ALPN.url("/" + i)).size())
                            .values())
                    .containsOnly(1);
        }
        assertHttp2();
    }
}
