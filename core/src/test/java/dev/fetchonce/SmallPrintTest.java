package dev.fetchonce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Details that are easily wrong where redirects, conditional requests, content codings and failures meet. */
class SmallPrintTest {
    private static final Duration TTL = Duration.ofSeconds(20);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final FakeOrigin other = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache() {
        return given.cache(b -> b.ttl(TTL).clock(clock::nanoTime, clock.wall()));
    }

    @Test
    void bytes_of_an_identity_coded_body_are_a_private_copy() throws Exception {
        origin.json("/a", "[1]", "Content-Encoding: identity");
        HttpCache cache = cache();
        cache.fetch(origin.url("/a")).bytes()[1] = '9';
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void a_close_delimited_text_with_coding_identity_is_not_kept() throws Exception {
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: identity\r\n\r\nhalf of");
            call.end();
        });
        HttpCache cache = cache();
        cache.fetch(origin.url("/a"));
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void a_304_for_another_tag_that_is_repeated_confirms_nothing() throws Exception {
        origin.json("/a", "[1]", "ETag: \"a\"");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(304, "ETag: \"b\""));
        clock.advance(TTL);
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
    }

    @Test
    void an_api_key_of_the_cache_does_not_reach_another_origin_by_a_redirect() throws Exception {
        origin.on("/a", call -> call.status(302, "Location: " + other.url("/b")));
        other.json("/b", "[1]");
        HttpCache cache = given.cache(b -> b.header("X-Api-Key", "geheim"));
        cache.get(origin.url("/a"));
        assertThat(other.calls("/b").getFirst().field("X-Api-Key")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302})
    void a_redirect_to_an_origin_that_is_down_does_not_cost_the_good_answer(int status) throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        other.down();
        origin.on("/a", call -> call.status(status, "Location: " + other.url("/b")));
        clock.advance(TTL);
        try {
            assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
        } finally {
            other.up();
        }
    }

    @Test
    void a_permanent_redirect_to_a_host_that_is_not_allowed_does_not_cost_the_good_answer() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = given.cache(b ->
                b.ttl(TTL).clock(clock::nanoTime, clock.wall()).allowedUrls(uri -> uri.getPort() == origin.port()));
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(301, "Location: " + other.url("/b")));
        clock.advance(TTL);
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[1]");
    }

    @Test
    void a_redirect_that_is_refused_is_counted() throws Exception {
        origin.on("/a", call -> call.status(302, "Location: /b"));
        origin.on("/b", call -> call.status(302, "Location: /a"));
        HttpCache cache = cache();
        assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
        assertThat(cache.stats().failures()).containsEntry(Reason.REDIRECT, 1L);
    }

    @Test
    void a_redirect_that_its_fetch_refuses_is_counted_once() throws Exception {
        origin.on("/a", call -> call.status(302, "Location: /b", "Location: /c"));
        HttpCache cache = cache();
        assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
        assertThat(cache.stats().failures()).containsExactlyEntriesOf(Map.of(Reason.REDIRECT, 1L));
    }

    @Test
    void a_look_at_stored_redirects_counts_no_failure() throws Exception {
        origin.on("/a", call -> call.status(301, "Location: /b"));
        origin.on("/b", call -> call.status(301, "Location: /a"));
        HttpCache cache = cache();
        assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(cache.stats().failures()).containsExactlyEntriesOf(Map.of(Reason.REDIRECT, 1L));
    }

    @Test
    void patience_that_ends_on_a_hop_is_told_as_patience() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        clock.advance(TTL);
        Latch gate = given.gate();
        origin.on("/a", call -> call.status(302, "Location: /b"));
        origin.on("/b", call -> {
            gate.pass();
            call.json("[2]");
        });
        CachedResponse response = cache.fetch(HttpRequest.newBuilder(origin.uri("/a"))
                .timeout(Duration.ofMillis(1500))
                .build());
        gate.open();
        assertThat(response.text()).isEqualTo("[1]");
        assertThat(response.served()).isEqualTo(Served.STALE_PATIENCE);
    }

    @Test
    void who_asks_for_a_coding_nobody_understands_gets_what_the_cache_understands() throws Exception {
        Latch gate = given.gate();
        origin.on("/a", call -> {
            gate.pass();
            if (call.field("Accept-Encoding").orElse("").contains("zstd")) {
                call.json("xxx", "Content-Encoding: zstd");
            } else {
                call.json("[1]");
            }
        });
        HttpCache cache = cache();
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Accept-Encoding", "zstd")
                .build();
        Crowd<CachedResponse> odd = Crowd.one(() -> cache.fetch(request));
        gate.awaitArrivals(1);
        Thread opener = Thread.startVirtualThread(() -> {
            Await.until("joined", () -> cache.stats().collapsed() == 1);
            gate.open();
        });
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
        assertThat(odd.value().text()).isEqualTo("[1]");
        opener.join();
    }

    @Test
    void a_304_whose_length_is_over_the_limit_confirms_all_the_same() throws Exception {
        origin.json("/a", "[1]", "ETag: \"a\"");
        HttpCache cache =
                given.cache(b -> b.ttl(TTL).clock(clock::nanoTime, clock.wall()).maximumBodyBytes(10));
        cache.get(origin.url("/a"));
        origin.on("/a", call -> call.status(304, "ETag: \"a\"", "Content-Length: 11"));
        clock.advance(TTL);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
    }

    @Test
    void a_client_that_could_not_be_replaced_once_is_replaced_later() throws Exception {
        AtomicInteger made = new AtomicInteger();
        HttpCache cache = given.impatient(b -> b.configureClient(client -> {
            if (made.incrementAndGet() == 2) {
                throw new UncheckedIOException(new IOException("Too many open files"));
            }
            return client;
        }));
        origin.on("/a", call -> {
            call.raw("this is no HTTP\r\n\r\n");
            call.end();
        });
        Await.until("the second try", () -> {
            assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
            return made.get() >= 2;
        });
        Await.until("the third try", () -> {
            assertThat(catchThrowable(() -> cache.get(origin.url("/a")))).isNotNull();
            return made.get() >= 3;
        });
    }

    @Test
    void an_interrupt_that_a_requests_function_leaves_behind_is_nobody_s() throws Exception {
        origin.json("/a", "[1]");
        HttpCache cache = given.cache(b -> b.requestCustomizer(request -> {
            Thread.currentThread().interrupt();
            return request;
        }));
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(1);
    }

    @Test
    void a_number_that_only_the_end_of_the_connection_ended_is_not_kept() throws Exception {
        origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n123"); // a part of 12345
            call.end();
        });
        HttpCache cache = cache();
        assertThat(cache.get(origin.url("/a")).intValue()).isEqualTo(123);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void an_answer_by_a_redirect_that_is_stale_is_told_as_stale() throws Exception {
        origin.on("/a", call -> call.status(301, "Location: " + other.url("/b")));
        other.on("/b", call -> call.json("[" + call.number() + "]"));
        HttpCache cache = cache();
        assertThat(cache.fetch(origin.url("/a")).stale()).isFalse();
        clock.advance(TTL);
        origin.down();
        try {
            CachedResponse response = cache.fetch(origin.url("/a"));
            assertThat(response.text()).isEqualTo("[2]");
            assertThat(response.served()).isEqualTo(Served.STALE_ERROR);
        } finally {
            origin.up();
        }
    }

    @Test
    void a_vary_of_thousands_of_names_keeps_no_answer_from_its_ttl() throws Exception {
        StringBuilder vary = new StringBuilder("Vary: ");
        for (int i = 0; vary.length() < 60_000; i++) {
            vary.append(Integer.toString(i, 36)).append(',');
        }
        origin.json("/a", "[1]", vary.toString());
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
    }
}
