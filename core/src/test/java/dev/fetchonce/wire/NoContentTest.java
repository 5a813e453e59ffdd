package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A 204 response whose fields announce a body. The response has no body, and the JDK's client shows no field of it. */
class NoContentTest {
    private static final String BARE = "HTTP/1.1 204 -|Cache-Control: max-age=60|Content-Length: 2||";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();
    private final TestClock clock = new TestClock();

    private HttpCache ttl() {
        return given.cache(b -> b.ttl(Duration.ofMinutes(1)).clock(clock::nanoTime, clock.wall()));
    }

    private CachedResponse fetch(HttpCache cache, String language) throws Exception {
        return cache.fetch(HttpRequest.newBuilder(origin.uri("/a"))
                .header("Accept-Language", language)
                .build());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2|",
                "Content-Length: 2|Content-Length: 3|",
                "Content-Length: -1|",
                "Transfer-Encoding: chunked|",
                "Transfer-Encoding: gzip, chunked|",
                "Content-Length: 2|Transfer-Encoding: chunked|"
            })
    void where_a_ttl_decides_it_is_stored_as_any_204(String fields) throws Exception {
        origin.on("/a", request -> request.send("HTTP/1.1 204 -|" + fields + "|"));
        HttpCache cache = ttl();
        CachedResponse fetched = cache.fetch(origin.url("/a"));
        assertThat(fetched.cacheStatus()).contains("; stored").doesNotContain("detail");
        assertThat(fetched.status()).isEqualTo(204);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().bytes()).isEmpty();
        assertThatThrownBy(() -> cache.get(origin.url("/a")))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNDECODABLE));
        assertThat(origin.requests("/a")).hasSize(1);
        assertThat(given.logs().messages(Level.INFO)).noneMatch(line -> line.contains("not stored"));

        clock.advance(Duration.ofMinutes(2));
        origin.on("/a", request -> request.json("[1]"));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
    }

    @Test
    void an_earlier_stored_response_gives_way_to_it() throws Exception {
        origin.on("/a", request -> request.json("[1]"));
        HttpCache cache = ttl();
        cache.fetch(origin.url("/a"));
        clock.advance(Duration.ofMinutes(2));
        origin.on("/a", ScriptedOrigin.sends(BARE));
        for (Served served : List.of(Served.FETCHED, Served.HIT)) {
            CachedResponse response = cache.fetch(origin.url("/a"));
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.served()).isEqualTo(served);
        }
    }

    /** The cache does not see the Vary field that such a response may have. */
    @Test
    void it_is_for_requests_with_the_same_fields_alone() throws Exception {
        origin.on(
                "/a",
                request -> request.send(
                        request.head().contains("Accept-Language: de")
                                ? "HTTP/1.1 204 -|Vary: Accept-Language|Content-Length: 2||"
                                : "HTTP/1.1 200 -|Vary: Accept-Language|Content-Length: 2||ok"));
        HttpCache cache = ttl();
        assertThat(fetch(cache, "de").status()).isEqualTo(204);
        assertThat(fetch(cache, "fr").text()).isEqualTo("ok");
        assertThat(fetch(cache, "de").status()).isEqualTo(204);
        assertThat(fetch(cache, "fr").served()).isEqualTo(Served.HIT);
        assertThat(origin.requests("/a")).hasSize(2);
    }

    /** The cache cannot see whether the response has a no-store directive. */
    @Test
    void where_http_decides_it_is_handed_on_and_not_stored_and_the_log_says_so() throws Exception {
        origin.on("/a", ScriptedOrigin.sends(BARE));
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        for (int i = 0; i < 2; i++) {
            CachedResponse response = cache.fetch(origin.url("/a"));
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.bytes()).isEmpty();
            assertThat(response.cacheStatus())
                    .endsWith("; detail=fields-unseen")
                    .doesNotContain("stored");
        }
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        Await.until("the log is told", () -> !told().isEmpty());
        assertThat(told())
                .hasSize(1)
                .first()
                .asString()
                .contains("none of its fields")
                .contains(origin.url("/a"));
    }

    private List<String> told() {
        return given.logs().messages(Level.WARN);
    }

    @Test
    void the_client_fails_as_that_of_the_jdk_does() {
        origin.on("/a", ScriptedOrigin.sends(BARE));
        CachingHttpClient client =
                given.cache(b -> b.freshness(Freshness.http())).asHttpClient();
        assertThatThrownBy(() ->
                        client.send(HttpRequest.newBuilder(origin.uri("/a")).build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }
}
