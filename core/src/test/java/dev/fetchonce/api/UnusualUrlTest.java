package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid but unusual URLs. The cache sends the request, or says why it does not. */
class UnusualUrlTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    @ParameterizedTest
    @ValueSource(strings = {"http://a_b.localhost:%d/?geheim", "http://_:%d/?geheim", "http://a%%5fb:%d/?geheim"})
    void a_host_that_the_client_cannot_send_to_is_refused_by_its_name(String url) {
        HttpCache cache = given.cache();
        String text = url.formatted(origin.port());
        for (Throwable thrown : new Throwable[] {
            catchThrowable(() -> cache.get(text)),
            catchThrowable(() -> cache.fetch(URI.create(text))),
            catchThrowable(() -> cache.refresh(URI.create(text)))
        }) {
            assertThat(thrown).isInstanceOfAny(IllegalArgumentException.class, FetchException.class);
            assertThat(thrown).hasMessageContaining("host").hasMessageNotContainingAny(Invariants.SECRET);
        }
        assertThat(origin.requests()).isZero();
    }

    @Test
    void an_address_of_ip_version_6_is_a_host_as_any_other() throws Exception {
        ScriptedOrigin six;
        try {
            six = given.scripted(ScriptedOrigin.ipv6());
        } catch (UncheckedIOException e) {
            Assumptions.abort("this machine has no ::1");
            return;
        }
        six.on("/a", request -> request.json("[6]"));
        HttpCache cache = given.cache();
        CachedResponse response = cache.fetch(six.url("/a"));
        assertThat(response.text()).isEqualTo("[6]");
        assertThat(response.uri()).isEqualTo(six.uri("/a"));
        assertThat(six.requests("/a").getFirst().head()).containsIgnoringCase("\r\nHost: [::1]:" + six.port() + "\r\n");
        assertThat(cache.get("HTTP://[::1]:" + six.port() + "/x/../a").get(0).intValue())
                .isEqualTo(6);
        assertThat(six.requests("/a")).hasSize(1);
        FetchException e = org.assertj.core.api.Assertions.catchThrowableOfType(
                FetchException.class, () -> cache.fetch(six.url("/none")));
        assertThat(e).hasMessageContaining("[::1]:" + six.port());
    }

    @ParameterizedTest
    @CsvSource({
        "/a%2Fb, /a%2Fb",
        "/a%2fb, /a%2fb",
        "/%c3%a9, /%c3%a9",
        "/%C3%A9, /%C3%A9",
        "/%c3%A9?q=%2f%2F, /%c3%A9?q=%2f%2F",
        "/%7Ea, /%7Ea",
        "/a%20b?c%20d+e, /a%20b?c%20d+e",
        "/%00, /%00",
        "/%2e%2E/a, /%2e%2E/a",
        "/a;b=c, /a;b=c",
        "/a?, /a", // the client leaves an empty query out
        "/?, /",
        "?q=1, /?q=1",
        "/a??b?c/d, /a??b?c/d",
        "//a//, //a//",
        "/a:b@c, /a:b@c",
        "'/a!$&''()*+,', '/a!$&''()*+,'",
        "/é, /%C3%A9",
        "/😀, /%F0%9F%98%80",
    })
    void the_target_is_sent_as_the_caller_wrote_it(String target, String sent) throws Exception {
        ScriptedOrigin raw = given.scripted();
        raw.on("/", request -> request.json("[1]"));
        HttpCache cache = given.cache();
        assertThat(cache.fetch(raw.url(target)).text()).isEqualTo("[1]");
        assertThat(cache.fetch(HttpRequest.newBuilder(URI.create(raw.url(target)))
                                .build())
                        .text())
                .isEqualTo("[1]");
        assertThat(raw.requests()).hasSize(1);
        assertThat(raw.requests().getFirst().head()).startsWith("GET " + sent + " HTTP/1.1\r\n");
    }

    @Test
    void a_url_without_a_path_asks_for_the_root() throws Exception {
        origin.json("/", "[1]");
        HttpCache cache = given.cache();
        assertThat(cache.get(origin.url("")).get(0).intValue()).isEqualTo(1);
        assertThat(cache.fetch(URI.create(origin.url(""))).uri()).isEqualTo(origin.uri("/"));
        assertThat(cache.fetch(HttpRequest.newBuilder(URI.create(origin.url("#x")))
                                .build())
                        .text())
                .isEqualTo("[1]");
        assertThat(cache.peek(origin.uri("/"))).isPresent();
        assertThat(origin.requests("/")).isEqualTo(1);
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(origin.calls("/").getFirst().target()).isEqualTo("/");
    }

    @Test
    void a_refused_connection_names_the_origin() {
        HttpCache cache = given.cache();
        origin.down();
        Throwable thrown = catchThrowable(() -> cache.get(origin.url("/?" + Invariants.SECRET)));
        origin.up();
        assertThat(thrown).isInstanceOf(FetchException.class);
        assertThat(((FetchException) thrown).reason()).isEqualTo(Reason.CONNECT);
        assertThat(thrown).hasMessageContaining(origin.url("")).hasMessageContaining("refused");
    }
}
