package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Gzip;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Content codings exist only between the cache and the origin. Callers see the decoded content. */
class ContentCodingTest {
    private static final String TEXT = "[\"" + "h\u00e4llo, ".repeat(1_000) + "\"]";
    private static final byte[] PLAIN = TEXT.getBytes(StandardCharsets.UTF_8);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    private void gzipped(String path) {
        origin.on(
                path,
                call -> call.send(
                        200,
                        Gzip.of(PLAIN),
                        "Content-Type: application/json",
                        "Content-Encoding: gzip",
                        "Vary: Accept-Encoding",
                        "X-Kept: yes"));
    }

    @Test
    void every_way_to_read_a_body_decodes_it() throws Exception {
        gzipped("/a");
        CachedResponse response = given.cache().fetch(origin.url("/a"));
        assertThat(response.text()).isEqualTo(TEXT);
        assertThat(response.bytes()).isEqualTo(PLAIN);
        assertThat(response.stream().readAllBytes()).isEqualTo(PLAIN);
        assertThat(response.json().get(0).stringValue()).hasSize(TEXT.length() - 4);
        assertThat(response.as(String[].class)).hasSize(1);
        assertThat(response.<byte[]>decode(in -> in.readAllBytes())).isEqualTo(PLAIN);

        response.bytes()[0] = 0;
        assertThat(response.text()).as("a copy is the caller's own").isEqualTo(TEXT);
        assertThat(given.cache().get(origin.url("/a"), String[].class)).hasSize(1);
    }

    @Test
    void the_fields_name_no_coding_that_is_gone() throws Exception {
        gzipped("/a");
        HttpCache cache = given.cache();
        for (CachedResponse response : List.of(
                cache.fetch(origin.url("/a")), cache.peek(origin.uri("/a")).orElseThrow())) {
            assertThat(response.headers().map()).containsKey("X-Kept");
            assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(response.headers().allValues("Content-Length"))
                    .as("absent or right")
                    .isSubsetOf(String.valueOf(PLAIN.length));
        }
    }

    @Test
    void gzip_is_asked_for_once_and_all_callers_share_it() throws Exception {
        gzipped("/a");
        HttpCache cache = given.cache();
        cache.get(origin.url("/a"));
        cache.fetch(HttpRequest.newBuilder(origin.uri("/a")).build());
        assertThat(origin.requests("/a")).isEqualTo(1);
        List<String> accepted = origin.calls("/a").getFirst().fields().get("Accept-Encoding");
        assertThat(accepted).hasSize(1);
        assertThat(accepted.getFirst()).contains("gzip").doesNotContain("br", "zstd", "*");
    }

    @Test
    void a_confirmed_body_stays_decodable() throws Exception {
        origin.on("/a", call -> {
            if (call.field("If-None-Match").isPresent()) {
                call.status(304, "ETag: \"1\"", "Content-Encoding: br", "Content-Length: 7");
            } else {
                call.send(200, Gzip.of(PLAIN), "ETag: \"1\"", "Content-Encoding: gzip");
            }
        });
        HttpCache cache = given.cache(b -> b.ttl(Duration.ZERO));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo(TEXT);
        CachedResponse again = cache.fetch(origin.url("/a"));
        assertThat(again.served()).isEqualTo(Served.REVALIDATED);
        assertThat(again.text()).isEqualTo(TEXT);
        assertThat(again.headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void a_bomb_is_refused_with_the_limit_that_it_broke() {
        origin.on("/a", call -> call.send(200, Gzip.of(new byte[5_000_000]), "Content-Encoding: gzip"));
        HttpCache cache = given.cache(b -> b.maximumBodyBytes(1_000_000));
        FetchException e = catchThrowableOfType(
                FetchException.class, () -> cache.fetch(origin.url("/a")).bytes());
        assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(e).hasMessageContaining("maximumBodyBytes").hasMessageContaining("1000000");
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_failure_names_neither_the_coding_that_was_sent_nor_a_secret() {
        origin.on("/a", call -> call.send(200, PLAIN, "Content-Encoding: br, " + Invariants.SECRET));
        FetchException e = catchThrowableOfType(
                FetchException.class,
                () -> given.cache().fetch(origin.url("/a?" + Invariants.SECRET)).text());
        assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
        assertThat(e.toString() + e.getCause()).doesNotContain(Invariants.SECRET);
    }

    @Test
    void bytes_of_an_identity_coded_body_are_a_private_copy() throws Exception {
        origin.json("/a", "[1]", "Content-Encoding: identity");
        HttpCache cache = given.cache();
        cache.fetch(origin.url("/a")).bytes()[1] = '9';
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void a_close_delimited_text_with_coding_identity_is_not_kept() throws Exception {
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: identity\r\n\r\nhalf of");
            call.end();
        });
        HttpCache cache = given.cache();
        cache.fetch(origin.url("/a"));
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_caller_that_asks_for_an_unknown_coding_gets_one_that_the_cache_understands() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            if (call.field("Accept-Encoding").orElse("").contains("zstd")) {
                call.json("xxx", "Content-Encoding: zstd");
            } else {
                call.json("[1]");
            }
        });
        HttpCache cache = given.cache();
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Accept-Encoding", "zstd")
                .build();
        Crowd<CachedResponse> odd = Crowd.one(() -> cache.fetch(request));
        latch.awaitArrivals(1);
        Thread opener = Thread.startVirtualThread(() -> {
            Await.until("joined", () -> cache.stats().collapsed() == 1);
            latch.open();
        });
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        assertThat(odd.value().text()).isEqualTo("[1]");
        opener.join();
    }
}
