package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spellings of the same URL, and texts that are no URL. */
class UrlTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    /**
     * Returns a cache that sends all requests to the fake origin, so that tests can use host names that do not exist.
     */
    private HttpCache proxied() {
        ProxySelector toOrigin = new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", origin.port())));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        };
        return given.cache(b -> b.configureClient(client -> client.proxy(toOrigin)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP://h.test/a|same",
                "http://H.Test/a|same",
                "http://h.test:80/a|same",
                "http://h.test:/a|same",
                "http://h.test/./a|same",
                "http://h.test/x/../a|same",
                "http://h.test/../a|same",
                "http://h.test/a#part|same",
                "http://h.test/x/y/./../../a#|same",
                "http://h.test:8080/a|other",
                "http://h.test/A|other",
                "http://h.test/a/|other",
                "http://h.test//a|other",
                "http://h.test/%61|other",
                "http://h.test/a?|other",
                "http://h.test/a?q=1|other",
                "http://h.test/x/%2e%2e/a|other",
                "http://h.test/x//../a|other",
                "http://h2.test/a|other"
            })
    void spellings_of_one_url_share_an_answer_and_other_urls_do_not(String spelling, String outcome) throws Exception {
        HttpCache cache = proxied();
        origin.on("http://h.test/a", call -> call.json("1"));
        cache.get("http://h.test/a");
        assertThat(origin.requests()).isEqualTo(1);
        origin.on("http://h.test:8080/a", call -> call.json("1"));
        String path = URI.create(spelling).toString();
        for (String target : List.of(
                "http://h.test/A",
                "http://h.test/a/",
                "http://h.test//a",
                "http://h.test/%61",
                "http://h2.test/a",
                "http://h.test/x/%2e%2e/a",
                "http://h.test/x/a")) {
            origin.json(target, "1");
        }
        for (int i = 0; i < 2; i++) {
            cache.get(path);
            cache.get(URI.create(path));
            cache.fetch(path);
            cache.fetch(URI.create(path));
            cache.fetch(HttpRequest.newBuilder(URI.create(path)).build());
        }
        assertThat(origin.requests()).isEqualTo(outcome.equals("same") ? 1 : 2);
        assertThat(cache.peek(URI.create(path)).orElseThrow().uri().toString().toLowerCase(java.util.Locale.ROOT))
                .startsWith("http://h");
    }

    @Test
    void an_empty_path_is_the_root_and_the_normal_form_is_what_is_sent() throws Exception {
        origin.on("/", call -> call.json("1"));
        HttpCache cache = given.cache();
        String bare = "http://127.0.0.1:" + origin.port();
        cache.get(bare);
        cache.get(bare + "/");
        cache.get(bare + "#x");
        cache.get(bare + "/y/..");
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(origin.calls("/").getFirst().target()).isEqualTo("/");
        assertThat(cache.fetch(bare).uri()).isEqualTo(URI.create(bare + "/"));
        cache.get(bare + "?q=%7e+a");
        assertThat(origin.calls("/").getLast().target()).as("as it was given").isEqualTo("/?q=%7e+a");
    }

    @Test
    void letters_outside_ascii_are_sent_percent_encoded_and_are_the_same_url() throws Exception {
        origin.on("/%C3%A4", call -> call.json("1"));
        HttpCache cache = given.cache();
        cache.get(origin.url("/ä"));
        cache.get(origin.url("/%C3%A4"));
        assertThat(origin.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/a?geheim",
                "a?geheim",
                "?geheim",
                "//h.test/?geheim",
                "ftp://h.test/?geheim",
                "file:///geheim",
                "http:geheim",
                "mailto:geheim@h.test",
                "http://?geheim",
                "http:///?geheim",
                "http://geheim@h.test/",
                "http://u:geheim@h.test/",
                "http://u:geheim@/",
                "http://u:geheim@h_x/",
                "http://h.test:99999/?geheim",
                "http://h.test:0/?geheim",
                "http://h.test:-1/?geheim",
                "http://h.test:x/?geheim",
                "http://h_x.test/?geheim",
                "http://h.test/?geheim geheim",
                " http://h.test/?geheim",
                "http://h.test/?geheim ",
                "http://h.test/%zz?geheim",
                "http://h.test/?geheim=<>",
                "http://h.test/?geheim|",
                "http://[::1/?geheim",
                "http://u:geheim@@h.test/",
                "ws://h.test/geheim",
                "jar:http://h.test/geheim",
                "http://h.test\\@geheim",
                "http://h.test/\n?geheim",
                "http://u:geheim%zz@h.test/"
            })
    void a_text_that_is_no_http_url_is_refused_at_once_and_the_message_shows_neither_query_nor_credentials(String url) {
        HttpCache cache = given.cache();
        IllegalArgumentException e = catchThrowableOfType(IllegalArgumentException.class, () -> cache.get(url));
        assertThat(e).as(url).isNotNull();
        assertThat(e.getMessage()).isNotBlank().doesNotContain(Invariants.SECRET);
        assertThat(e.getCause()).isNull();
        assertThatThrownBy(() -> cache.fetch(url)).isInstanceOf(IllegalArgumentException.class);
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException notEvenAUri) {
            return;
        }
        for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> cache.get(uri),
                        () -> cache.fetch(uri),
                        () -> cache.refresh(uri),
                        () -> cache.peek(uri),
                        () -> cache.invalidate(uri))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .doesNotContain(Invariants.SECRET);
        }
    }

    @Test
    void the_messages_say_what_is_wrong() {
        HttpCache cache = given.cache();
        assertThatThrownBy(() -> cache.get("ftp://h.test/"))
                .hasMessageContaining("'ftp'")
                .hasMessageContaining("http");
        assertThatThrownBy(() -> cache.get("h.test/a")).hasMessageContaining("no scheme");
        assertThatThrownBy(() -> cache.get("http://u:p@h.test/")).hasMessageContaining("user-info");
        assertThatThrownBy(() -> cache.get("http://h.test:99999/")).hasMessageContaining("99999");
        assertThatThrownBy(() -> cache.get("http://h_x/")).hasMessageContaining("'h_x'");
        assertThatThrownBy(() -> cache.get("http://h.test/a b")).hasMessageContaining("index 15");
    }

    @Test
    void null_is_refused_at_once() {
        HttpCache cache = given.cache();
        assertThatThrownBy(() -> cache.get((String) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("url");
        assertThatThrownBy(() -> cache.fetch((String) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("url");
        assertThatThrownBy(() -> cache.get((URI) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.fetch((HttpRequest) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.get(origin.url("/a"), (Class<?>) null)).isInstanceOf(NullPointerException.class);
        assertThat(origin.requests()).isZero();
    }

    @Test
    void requests_that_one_answer_cannot_serve_are_refused_without_their_values() {
        HttpCache cache = given.cache();
        HttpRequest.Builder base = HttpRequest.newBuilder(origin.uri("/a"));
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(Invariants.SECRET);
        for (HttpRequest request : List.of(
                base.copy().POST(body).build(),
                base.copy().PUT(body).build(),
                base.copy().DELETE().build(),
                base.copy().method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                base.copy().method("get", HttpRequest.BodyPublishers.noBody()).build(),
                base.copy().method("GET", body).build(),
                base.copy().header("If-None-Match", Invariants.SECRET).build(),
                base.copy().header("if-modified-since", Invariants.SECRET).build(),
                base.copy().header("If-Match", Invariants.SECRET).build(),
                base.copy().header("If-Range", Invariants.SECRET).build(),
                base.copy().header("Range", "bytes=0-1" + Invariants.SECRET).build())) {
            for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                    List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                            () -> cache.fetch(request), () -> cache.refresh(request), () -> cache.peek(request))) {
                assertThatThrownBy(call)
                        .as(request.method() + request.headers())
                        .isInstanceOf(IllegalArgumentException.class)
                        .message()
                        .doesNotContain(Invariants.SECRET);
            }
        }
        assertThat(origin.requests()).isZero();
    }

    @Test
    void hosts_that_are_not_allowed_are_refused_before_anything_is_sent() throws Exception {
        ConcurrentLinkedQueue<URI> asked = new ConcurrentLinkedQueue<>();
        HttpCache cache = given.cache(b -> b.allowedUrls(uri -> {
            asked.add(uri);
            return uri.getPath().equals("/ok");
        }));
        origin.json("/ok", "1").json("/no", "1");
        cache.get("HTTP://127.0.0.1:" + origin.port() + "/x/../ok");
        assertThat(asked).containsExactly(origin.uri("/ok"));
        assertThatThrownBy(() -> cache.get(origin.url("/no?" + Invariants.SECRET)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(origin.url("/no") + " is not allowed (allowedUrls)");
        assertThatThrownBy(() -> cache.refresh(origin.uri("/no"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(origin.requests("/no")).isZero();
    }
}
