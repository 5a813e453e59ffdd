package dev.fetchonce.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Freshness;
import dev.fetchonce.testing.Certificates;
import dev.fetchonce.testing.Http2Origin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Over TLS, over HTTP/2 and to hosts that do not answer, a call through our client is the same as through the JDK's
 * client.
 */
class TransparencyWireTest {
    private static final int LIMIT = 10_000;
    private static final String FRESH = "HTTP/1.1 200 OK|Cache-Control: max-age=600|Content-Length: 5||hello";

    @TempDir
    static Path directory;

    private static KeyStore authority;
    private static KeyStore good;
    private static KeyStore unknown;

    @RegisterExtension
    final Invariants given = new Invariants();

    @BeforeAll
    static void make_certificates() {
        Certificates certificates = new Certificates(directory);
        authority = certificates.authority();
        good = certificates.signed("good", "ip:127.0.0.1", "-1d", 30);
        unknown = certificates.selfSigned("unknown", "ip:127.0.0.1");
    }

    private HttpClient.Builder configured(HttpClient.Builder builder, HttpClient.Version version) {
        return builder.version(version).sslContext(Certificates.client(authority));
    }

    private void assertSame(HttpClient.Version version, HttpRequest request) {
        assertSame(version, Redirect.NEVER, request);
    }

    private void assertSame(HttpClient.Version version, Redirect redirects, HttpRequest request) {
        HttpClient plain = configured(HttpClient.newBuilder(), version)
                .followRedirects(redirects)
                .build();
        given.closing(plain::shutdownNow);
        HttpClient ours = given.cache(b -> b.freshness(Freshness.http())
                        .maximumBodyBytes(LIMIT)
                        .configureClient(client -> configured(client, version)))
                .asHttpClient(redirects);
        for (TransparencyTest.Way way : TransparencyTest.Way.values()) {
            String expected = way.seen(plain, request);
            assertThat(way.seen(ours, request)).as("%s", way).isEqualTo(expected);
            assertThat(way.seen(ours, request)).as("%s, again", way).isEqualTo(expected);
        }
    }

    private void assertSame(URI uri) {
        assertSame(HttpClient.Version.HTTP_1_1, HttpRequest.newBuilder(uri).build());
    }

    @Test
    void over_tls_the_session_is_there_stored_or_not() {
        ScriptedOrigin origin =
                given.scripted(ScriptedOrigin.tls(Certificates.server(good).getServerSocketFactory()));
        origin.on("/a", ScriptedOrigin.sends(FRESH))
                .on("/b", ScriptedOrigin.sends("HTTP/1.1 200 OK|Cache-Control: no-store|Content-Length: 2||ok"));
        assertSame(origin.uri("/a"));
        assertSame(origin.uri("/b"));
        assertThat(origin.requests("/a")).hasSize(2 + 1);
    }

    /** ALWAYS follows a redirect from https to http. ALWAYS and NORMAL follow a redirect from http to https. */
    @ParameterizedTest
    @EnumSource
    void a_redirect_with_tls_on_one_side(Redirect redirects) {
        ScriptedOrigin safe =
                given.scripted(ScriptedOrigin.tls(Certificates.server(good).getServerSocketFactory()));
        ScriptedOrigin clear = given.scripted().on("/there", ScriptedOrigin.sends(FRESH));
        String moved = "HTTP/1.1 301 -|Cache-Control: max-age=600|Content-Length: 4|Location: ";
        safe.on("/there", ScriptedOrigin.sends(FRESH))
                .on("/a", ScriptedOrigin.sends(moved + clear.url("/there") + "||here"));
        clear.on("/a", ScriptedOrigin.sends(moved + safe.url("/there") + "||here"));
        assertSame(
                HttpClient.Version.HTTP_1_1,
                redirects,
                HttpRequest.newBuilder(safe.uri("/a")).build());
        assertSame(
                HttpClient.Version.HTTP_1_1,
                redirects,
                HttpRequest.newBuilder(clear.uri("/a")).build());
        assertThat(clear.requests("/there")).hasSize(redirects == Redirect.ALWAYS ? 2 + 1 : 0);
        assertThat(safe.requests("/there")).hasSize(redirects == Redirect.NEVER ? 0 : 2 + 1);
    }

    @Test
    void a_certificate_that_is_not_in_order() {
        ScriptedOrigin origin =
                given.scripted(ScriptedOrigin.tls(Certificates.server(unknown).getServerSocketFactory()));
        assertSame(origin.uri("/a"));
        assertSame(HttpClient.Version.HTTP_1_1, post(origin.uri("/a")));
    }

    private static HttpRequest post(URI uri) {
        return HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
    }

    @Test
    void a_connection_that_is_refused() {
        ScriptedOrigin origin = new ScriptedOrigin();
        URI gone = origin.uri("/a");
        origin.close();
        assertSame(gone);
        assertSame(HttpClient.Version.HTTP_1_1, post(gone));
        assertSame(
                HttpClient.Version.HTTP_1_1, HttpRequest.newBuilder(gone).HEAD().build());
    }

    @Test
    void a_host_that_does_not_exist() {
        assertSame(URI.create("http://" + "a".repeat(64) + "/a")); // no resolver asks for such a name
    }

    @Test
    void odd_urls() {
        ScriptedOrigin origin = given.scripted().on("/", ScriptedOrigin.sends(FRESH));
        String root = origin.url("");
        for (String path :
                new String[] {"", "/", "/?", "/a?b=c&d", "/a#part", "/%C3%A4", "/a/../b", "/a//b", "/a;b=c"}) {
            assertSame(URI.create(root + path));
        }
    }

    /** Returns a request that no builder makes, but that a class of the caller's own can be. */
    private static HttpRequest odd(URI uri, String method) {
        HttpRequest good =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/")).build();
        return new HttpRequest() {
            @Override
            public Optional<BodyPublisher> bodyPublisher() {
                return Optional.empty();
            }

            @Override
            public String method() {
                return method;
            }

            @Override
            public Optional<Duration> timeout() {
                return Optional.empty();
            }

            @Override
            public boolean expectContinue() {
                return false;
            }

            @Override
            public URI uri() {
                return uri;
            }

            @Override
            public Optional<HttpClient.Version> version() {
                return Optional.empty();
            }

            @Override
            public java.net.http.HttpHeaders headers() {
                return good.headers();
            }
        };
    }

    static Stream<HttpRequest> refused() {
        return Stream.of(
                odd(URI.create("ftp://127.0.0.1/x"), "GET"),
                odd(URI.create("mailto:a@b"), "GET"),
                odd(URI.create("/x"), "GET"),
                odd(URI.create("http:/x"), "GET"),
                odd(URI.create("http://127.0.0.1:1/x"), "CONNECT"),
                odd(URI.create("http://127.0.0.1:1/x"), "a b"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void a_request_that_is_none(HttpRequest request) {
        HttpClient plain = HttpClient.newHttpClient();
        given.closing(plain::shutdownNow);
        HttpClient ours = given.cache(b -> b.freshness(Freshness.http())).asHttpClient();
        assertThatThrownBy(() -> plain.send(request, BodyHandlers.ofString()))
                .satisfies(theirs -> assertThatThrownBy(() -> ours.send(request, BodyHandlers.ofString()))
                        .isExactlyInstanceOf(theirs.getClass()));
        if (request.method().equals("CONNECT")) { // builders make this request only
            assertThatThrownBy(() -> plain.sendAsync(request, BodyHandlers.ofString()))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ours.sendAsync(request, BodyHandlers.ofString()))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    /** The behaviours of an origin over HTTP/2. */
    enum Http2 {
        STORED(request -> request.answer(200, "hello", "cache-control", "max-age=600", "etag", "\"1\"")),
        NO_STORE(request -> request.answer(200, "hello", "cache-control", "no-store")),
        EMPTY(request -> request.head(Http2Origin.END_STREAM, 200, "cache-control", "max-age=600")),
        NOT_THERE(request -> request.answer(404, "gone", "cache-control", "max-age=600")),
        LONG(request -> request.answer(200, "x".repeat(12_000), "cache-control", "max-age=600")),
        TRAILERS(request -> request.head(0, 200, "cache-control", "max-age=600")
                .data(0, "hello")
                .block(Http2Origin.END_STREAM, "x-trailer", "y")),
        RESET_BEFORE_HEAD(request -> request.reset(Http2Origin.INTERNAL_ERROR)),
        RESET_IN_BODY(request -> request.head(0, 200, "cache-control", "max-age=600")
                .data(0, "hel")
                .reset(Http2Origin.INTERNAL_ERROR)),
        NO_STATUS(request -> request.block(Http2Origin.END_STREAM, "x", "y"));

        private final Http2Origin.Script script;

        Http2(Http2Origin.Script script) {
            this.script = script;
        }
    }

    @ParameterizedTest
    @EnumSource
    void over_http_2(Http2 what) {
        SSLContext server = Certificates.server(good);
        Http2Origin origin = given.closing(new Http2Origin(server)).on(what.script);
        assertSame(
                HttpClient.Version.HTTP_2,
                HttpRequest.newBuilder(origin.uri("/a")).build());
        if (what == Http2.STORED) {
            assertThat(origin.requests()).hasSize(2 + 1);
        }
        assertSame(HttpClient.Version.HTTP_2, post(origin.uri("/b")));
    }

    /** The type of the IOException is not compared. It depends on the client's thread that sees the end first. */
    @Test
    void over_http_2_the_end_of_the_connection_is_an_io_exception() {
        SSLContext server = Certificates.server(good);
        Http2Origin origin = given.closing(new Http2Origin(server))
                .on(request -> request.connection().end());
        HttpClient ours = given.cache(b -> b.freshness(Freshness.http())
                        .configureClient(client -> configured(client, HttpClient.Version.HTTP_2)))
                .asHttpClient();
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        assertThatThrownBy(() -> ours.send(request, BodyHandlers.ofString())).isInstanceOf(IOException.class);
    }

    @Test
    void over_http_2_a_pushed_response_comes_to_who_wants_it() throws Exception {
        SSLContext server = Certificates.server(good);
        Http2Origin origin = given.closing(new Http2Origin(server));
        String authority = origin.uri("/").getRawAuthority();
        origin.on(request -> {
            int promised = request.stream() * 2; // an even number that has not been used
            byte[] fields = Http2Origin.block(
                    ":method", "GET", ":scheme", "https", ":authority", authority, ":path", "/pushed");
            byte[] promise = ByteBuffer.allocate(Integer.BYTES + fields.length)
                    .putInt(promised)
                    .put(fields)
                    .array();
            request.send(Http2Origin.PUSH_PROMISE, Http2Origin.END_HEADERS, promise);
            byte[] head = Http2Origin.block(":status", "200");
            request.connection().send(Http2Origin.HEADERS, Http2Origin.END_HEADERS, promised, head);
            request.connection().send(Http2Origin.DATA, Http2Origin.END_STREAM, promised, "pushed".getBytes(UTF_8));
            request.answer(200, "hello", "cache-control", "max-age=600");
        });
        HttpClient ours = given.cache(b -> b.freshness(Freshness.http())
                        .configureClient(client -> configured(client, HttpClient.Version.HTTP_2)))
                .asHttpClient();
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        ConcurrentMap<HttpRequest, CompletableFuture<HttpResponse<String>>> pushed = new ConcurrentHashMap<>();
        assertThat(ours.sendAsync(
                                request,
                                BodyHandlers.ofString(),
                                PushPromiseHandler.of(any -> BodyHandlers.ofString(), pushed))
                        .get(20, TimeUnit.SECONDS)
                        .body())
                .isEqualTo("hello");
        assertThat(pushed).hasSize(1);
        assertThat(pushed.values().iterator().next().get(20, TimeUnit.SECONDS).body())
                .isEqualTo("pushed");
    }
}
