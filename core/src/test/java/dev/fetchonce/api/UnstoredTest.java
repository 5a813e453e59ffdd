package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Gzip;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses that are not stored. Each response gives its caller the reason, and the log has the reason once. */
class UnstoredTest {
    private static final String MINUTE = "Cache-Control: max-age=60";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    private CachingHttpClient client(UnaryOperator<HttpCache.Builder> options) {
        return given.cache(b -> options.apply(b.freshness(Freshness.http()))).asHttpClient();
    }

    private HttpResponse<byte[]> get(CachingHttpClient client, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(origin.uri("/a?" + Invariants.SECRET));
        for (String field : fields) {
            request.header(field.split(": ")[0], field.split(": ")[1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String status(HttpResponse<?> response) {
        return response.headers().firstValue("cache-status").orElse("");
    }

    private List<String> told(Level level) {
        return given.logs().messages(level).stream()
                .filter(line -> line.contains("was not stored"))
                .toList();
    }

    /**
     * Returns the only such line. The line comes after its caller has its response; a second line would be in the log
     * when all fetches have ended.
     */
    private String toldOnce(Level level) {
        Await.until("the log is told", () -> !told(level).isEmpty());
        assertThat(told(level)).hasSize(1);
        return told(level).getFirst();
    }

    @Test
    void a_body_that_decodes_to_more_than_the_limit_is_stored_as_it_came() throws Exception {
        byte[] zipped = Gzip.of(new byte[9_000_000]);
        CachingHttpClient client = client(b -> b.maximumBodyBytes(1 << 20));
        origin.on("/a", call -> call.send(200, zipped, MINUTE, "Content-Encoding: gzip"));
        assertThat(get(client, "Accept-Encoding: gzip").body()).isEqualTo(zipped);
        HttpResponse<byte[]> hit = get(client, "Accept-Encoding: gzip");
        assertThat(status(hit)).startsWith("Fetchonce; hit");
        assertThat(hit.body()).isEqualTo(zipped);
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(told(Level.INFO)).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control: no-store                     | 200 | no-store        | it says no-store            | INFO",
                "Cache-Control: max-age=60, must-understand  | 299 | not-understood  | must-understand             | INFO",
                "Vary: *                                     | 200 | vary            | Vary                        | WARN",
                "Cache-Control: no-cache                     | 200 | no-validator    | no validator                | INFO",
                "Cache-Control: no-cache=\"vary\"            | 200 | fields          | keeps a field out           | INFO",
                "Content-Type: text/event-stream             | 200 | endless         | may never end               | INFO",
                "Content-Encoding: gzip                      | 200 | damaged         | is not of its content coding| WARN",
                "X-None: 1                                   | 299 | no-reason       | nothing in it permits       | INFO",
                "X-None: 1                                   | 403 | no-reason       | nothing in it permits       | INFO",
                "Cache-Control: no-store                     | 404 | no-store        | it says no-store            | INFO",
                "Content-Range: bytes 0-0/1                  | 200 | status          | status is not storable      | INFO",
            })
    void an_answer_says_with_each_fetch_why_it_is_not_stored_and_the_log_says_it_once(
            String field, int code, String detail, String words, String level) throws Exception {
        CachingHttpClient client = client(b -> b);
        String lifetime = field.startsWith("Cache-Control") || field.startsWith("X-") ? "X: 1" : MINUTE;
        origin.on("/a", call -> call.send(code, new byte[] {'1'}, field, lifetime));
        for (int i = 0; i < 3; i++) {
            assertThat(status(get(client, "Accept-Encoding: gzip")))
                    .endsWith("; detail=" + detail)
                    .doesNotContain("stored");
        }
        assertThat(origin.requests()).isEqualTo(3);
        assertThat(toldOnce(Level.DEBUG)).contains(words).contains(origin.url("/a"));
        toldOnce(Level.toLevel(level));
        assertThat(told(Level.WARN)).hasSize(level.equals("WARN") ? 1 : 0);
    }

    @Test
    void the_reason_is_a_body_that_may_have_been_cut_off() throws Exception {
        CachingHttpClient client = client(b -> b);
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + MINUTE + "\r\n\r\nhello");
            call.end();
        });
        for (int i = 0; i < 2; i++) {
            assertThat(status(get(client))).endsWith("; detail=incomplete");
        }
        assertThat(toldOnce(Level.WARN)).contains("cut off");
    }

    @Test
    void the_reason_is_a_body_that_is_too_long() throws Exception {
        CachingHttpClient client = client(b -> b.maximumBodyBytes(1_000));
        origin.on("/a", call -> call.send(200, new byte[1_001], MINUTE));
        for (int i = 0; i < 2; i++) {
            assertThat(status(get(client))).endsWith("; detail=too-large");
        }
        assertThat(toldOnce(Level.INFO)).contains("maximumBodyBytes");
    }

    @Test
    void the_reason_is_an_answer_that_takes_more_than_the_whole_cache() throws Exception {
        CachingHttpClient client = client(b -> b.maximumBytes(64 << 10).maximumBodyBytes(64 << 10));
        origin.on("/a", call -> call.send(200, new byte[(64 << 10) - 10], MINUTE));
        for (int i = 0; i < 2; i++) {
            assertThat(status(get(client))).endsWith("; detail=too-heavy").doesNotContain("stored");
        }
        assertThat(toldOnce(Level.WARN)).contains("maximumBytes");
    }

    @Test
    void a_shared_cache_names_an_answer_for_one_user() throws Exception {
        CachingHttpClient client =
                given.cache(b -> b.freshness(Freshness.http().shared(true))).asHttpClient();
        origin.on("/a", call -> call.send(200, new byte[1], "Cache-Control: private, max-age=60"));
        assertThat(status(get(client))).endsWith("; detail=private");
        origin.on("/a", call -> call.send(200, new byte[1], MINUTE));
        assertThat(status(get(client, "Authorization: " + Invariants.SECRET))).endsWith("; detail=authorization");
    }

    @Test
    void the_log_says_it_again_once_the_reason_has_changed_and_after_an_answer_was_stored() throws Exception {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        for (String says : List.of("no-store", "no-store", "max-age=60", "no-store", "no-store")) {
            origin.on("/a", call -> call.send(200, new byte[1], "Cache-Control: " + says));
            cache.refresh(origin.uri("/a"));
        }
        Await.until("the log is told twice", () -> told(Level.INFO).size() >= 2);
        assertThat(told(Level.INFO).stream().map(line -> line.substring(line.indexOf(": ") + 2)))
                .hasSize(2)
                .allMatch(line -> line.contains("it says no-store"));
    }

    @Test
    void a_304_that_withdraws_what_is_stored_says_why() throws Exception {
        CachingHttpClient client = client(b -> b);
        origin.on("/a", call -> {
            if (call.field("If-None-Match").isPresent()) {
                call.status(304, "ETag: \"1\"", "Cache-Control: no-store");
            } else {
                call.send(200, new byte[1], "ETag: \"1\"", "Cache-Control: no-cache");
            }
        });
        get(client);
        assertThat(status(get(client))).isEqualTo("Fetchonce; fwd=stale; fwd-status=304; ttl=0; detail=no-store");
    }

    @Test
    void with_a_ttl_a_redirect_that_is_not_permanent_says_so() throws Exception {
        HttpCache cache = given.cache();
        origin.on("/a", call -> call.status(302, "Location: /b")).json("/b", "1");
        cache.get(origin.url("/a"));
        cache.get(origin.url("/a"));
        assertThat(toldOnce(Level.INFO)).contains("not permanent");
    }

    @Test
    void a_number_that_only_the_end_of_the_connection_ended_is_not_kept() throws Exception {
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n123"); // a part of 12345
            call.end();
        });
        HttpCache cache = given.cache();
        assertThat(cache.get(origin.url("/a")).intValue()).isEqualTo(123);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }
}
