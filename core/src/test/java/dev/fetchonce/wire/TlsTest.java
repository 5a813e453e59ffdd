package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Certificates;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server with a bad certificate gets no request, and the exception names TLS. */
class TlsTest {
    private static final String HERE = "ip:127.0.0.1,dns:localhost";

    @TempDir
    static Path directory;

    private static KeyStore authority;
    private static KeyStore good;
    private static KeyStore unknown;
    private static KeyStore expired;
    private static KeyStore early;
    private static KeyStore elsewhere;

    @RegisterExtension
    final Invariants given = new Invariants();

    @BeforeAll
    static void make_certificates() {
        Certificates certificates = new Certificates(directory);
        authority = certificates.authority();
        good = certificates.signed("good", HERE, "-1d", 30);
        expired = certificates.signed("expired", HERE, "-2d", 1);
        early = certificates.signed("early", HERE, "+2d", 30);
        elsewhere = certificates.signed("elsewhere", "dns:elsewhere.test,ip:127.0.0.2", "-1d", 30);
        unknown = certificates.selfSigned("unknown", HERE);
    }

    /** The faults of a certificate. */
    enum Wrong {
        SELF_SIGNED,
        EXPIRED,
        NOT_YET_VALID,
        OF_ANOTHER_HOST;

        KeyStore identity() {
            return switch (this) {
                case SELF_SIGNED -> unknown;
                case EXPIRED -> expired;
                case NOT_YET_VALID -> early;
                case OF_ANOTHER_HOST -> elsewhere;
            };
        }
    }

    private ScriptedOrigin origin(KeyStore identity) {
        ScriptedOrigin origin =
                given.scripted(ScriptedOrigin.tls(Certificates.server(identity).getServerSocketFactory()));
        return origin.on("/", request -> request.json("[1]"));
    }

    /** Returns a cache that trusts only the authority of the tests. */
    private HttpCache cache() {
        return cache(Duration.ofSeconds(30));
    }

    private HttpCache cache(Duration timeout) {
        return given.impatient(b -> b.timeout(timeout)
                .firstTimeout(timeout)
                .patience(Duration.ofSeconds(40))
                .configureClient(client -> client.sslContext(Certificates.client(authority))));
    }

    @Test
    void a_trusted_certificate_works_and_its_connection_is_used_again() throws Exception {
        ScriptedOrigin origin = origin(good);
        HttpCache cache = cache();
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        assertThat(cache.get(origin.url("/b")).get(0).intValue()).isEqualTo(1);
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
        assertThat(origin.connections()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_that_is_not_in_order_is_refused_before_anything_is_sent(Wrong wrong) throws Exception {
        ScriptedOrigin origin = origin(wrong.identity());
        HttpCache cache = cache();
        assertRefused(cache, origin, origin.uri("/a?" + Invariants.SECRET));
        assertThat(origin.requests()).isEmpty();

        ScriptedOrigin sound = origin(good);
        assertThat(cache.fetch(sound.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void the_default_trust_refuses_a_self_signed_certificate() throws Exception {
        ScriptedOrigin origin = origin(good);
        assertRefused(given.cache(), origin, origin.uri("/a"));
        assertThat(origin.requests()).isEmpty();
    }

    @Test
    void an_origin_that_does_not_speak_tls_is_refused() throws Exception {
        ScriptedOrigin plain = given.scripted();
        FakeOrigin talkative = given.origin();
        HttpCache cache = cache(Duration.ofSeconds(2));
        FetchException silent = catchThrowableOfType(
                FetchException.class, () -> cache.fetch(plain.url("/a").replace("http:", "https:")));
        assertThat(silent.reason()).as(silent.toString()).isIn(Reason.CONNECT, Reason.TIMEOUT);
        Await.until("the connection is closed", () -> plain.open() == 0 && talkative.connections() == 0);
    }

    @Test
    void an_origin_that_speaks_tls_is_no_use_without() throws Exception {
        ScriptedOrigin origin = origin(good);
        HttpCache cache = cache(Duration.ofSeconds(2));
        FetchException e = catchThrowableOfType(
                FetchException.class, () -> cache.fetch(origin.url("/a").replace("https:", "http:")));
        assertThat(e.reason()).as(e.toString()).isIn(Reason.PROTOCOL, Reason.BROKEN, Reason.TIMEOUT);
        Await.until("the connection is closed", () -> origin.open() == 0);
    }

    @Test
    void a_redirect_from_https_to_http_is_refused_and_not_followed() throws Exception {
        ScriptedOrigin secure = origin(good);
        FakeOrigin plain = given.origin().json("/to", "[2]");
        secure.on(
                "/from",
                request -> request.send(
                        "HTTP/1.1 301 -|Location: " + plain.url("/to?" + Invariants.SECRET) + "|Content-Length: 0||"));
        HttpCache cache = cache();
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache.get(secure.url("/from")));
        assertThat(e.reason()).isEqualTo(Reason.REDIRECT);
        assertThat(e).hasMessageContaining("https").hasMessageNotContaining(Invariants.SECRET);
        assertThat(plain.requests()).isZero();
    }

    @Test
    void redirects_from_http_to_https_and_within_https_are_followed() throws Exception {
        ScriptedOrigin secure = origin(good);
        FakeOrigin plain = given.origin();
        plain.on("/from", call -> call.status(301, "Location: " + secure.url("/over")));
        secure.on("/over", request -> request.send("HTTP/1.1 307 -|Location: /to|Content-Length: 0||"));
        HttpCache cache = cache();
        CachedResponse response = cache.fetch(plain.url("/from"));
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.uri()).isEqualTo(secure.uri("/to"));
    }

    private static void assertRefused(HttpCache cache, ScriptedOrigin origin, URI uri) {
        FetchException e = catchThrowableOfType(FetchException.class, () -> cache.fetch(uri));
        assertThat(e).isNotNull();
        assertThat(e.reason()).as(e.toString()).isEqualTo(Reason.CONNECT);
        assertThat(e).hasMessageContaining("TLS").hasMessageContaining(origin.url(""));
        assertThat(e.toString() + e.getCause()).doesNotContain(Invariants.SECRET);
        assertThat(cache.peek(uri)).isEmpty();
        Await.until("the connection is closed", () -> origin.open() == 0);
        Await.until("no flight is up", () -> Insides.fetchesInProgress(cache) == 0);
    }
}
