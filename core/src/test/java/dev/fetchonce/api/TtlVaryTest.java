package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With a TTL the cache stores and shares a response with any Vary field. Only the fields that Vary names tell requests
 * apart.
 */
class TtlVaryTest {
    private static final Duration TTL = Duration.ofSeconds(20);

    /** A Vary field with a list of 33 names. */
    private static final String LONG =
            "Vary: " + IntStream.rangeClosed(1, 33).mapToObj(i -> "X-" + i).collect(Collectors.joining(", "));

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache() {
        return given.cache(b -> b.ttl(TTL).negativeTtl(404, TTL).clock(clock::nanoTime, clock.wall()));
    }

    private HttpRequest with(String name, String value) {
        return HttpRequest.newBuilder(origin.uri("/a")).header(name, value).build();
    }

    /** Splits fields at the bars between them, and replaces LONG with the field of 33 names. */
    private static String[] lines(String vary) {
        return vary.replace("LONG", LONG).split("\\|");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Vary: *",
                "Vary: * ",
                "vary: *",
                "Vary: Accept-Encoding, *",
                "Vary: *, Accept-Encoding",
                "Vary: Accept-Encoding|Vary: *",
                "Vary: *|Vary: *",
                "LONG",
                "LONG, *",
                "LONG|Vary: *",
            })
    void such_an_answer_is_stored_shared_and_stands_in_like_any_other(String vary) throws Exception {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("[" + call.number() + "]", lines(vary));
        });
        HttpCache cache = cache();
        Crowd<Integer> crowd =
                Crowd.of(50, () -> cache.get(origin.url("/a")).get(0).intValue());
        Await.until("all have joined", () -> Insides.joined(cache) == 50);
        latch.open();
        assertThat(crowd.values()).containsOnly(1);
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
        clock.advance(TTL.minusMillis(1));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        clock.advance(Duration.ofSeconds(1));
        origin.on("/a", call -> call.status(503));
        CachedResponse standIn = cache.fetch(origin.url("/a"));
        assertThat(standIn.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(standIn.text()).isEqualTo("[1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vary: *", "Vary: Accept-Encoding, *", "LONG"})
    void a_304_that_brings_it_keeps_the_answer(String vary) throws Exception {
        origin.on("/a", call -> {
            if (call.field("If-None-Match").isPresent()) {
                call.status(304, lines("ETag: \"1\"|" + vary));
            } else {
                call.json("[1]", "ETag: \"1\"");
            }
        });
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        for (int i = 0; i < 3; i++) {
            clock.advance(TTL);
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.REVALIDATED);
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        }
        assertThat(origin.requests()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vary: *", "LONG"})
    void a_failure_that_brings_it_is_remembered(String vary) {
        origin.on("/a", call -> call.status(404, lines(vary)));
        HttpCache cache = cache();
        for (int i = 0; i < 3; i++) {
            assertThat(Crowd.one(() -> cache.get(origin.url("/a"))).thrown().getFirst())
                    .isInstanceOf(StatusException.class);
        }
        assertThat(origin.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vary: *", "LONG"})
    void a_redirect_that_brings_it_is_remembered(String vary) throws Exception {
        origin.on("/a", call -> call.status(301, lines("Location: /b|" + vary)));
        origin.json("/b", "[1]");
        HttpCache cache = cache();
        cache.get(origin.url("/a"));
        cache.get(origin.url("/a"));
        assertThat(origin.requests("/a")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                // Vary                      # field           # same answer
                "Vary: *                     # X-Other         # true",
                "Vary: X-Flavour, *          # X-Other         # true",
                "Vary: X-Flavour, *          # X-Flavour       # false",
                "Vary: *|Vary: X-Flavour     # X-Flavour       # false",
                "LONG                        # X-33            # false",
                "LONG                        # X-1             # false",
                "LONG, *                     # X-33            # false",
                // credentials and key headers tell requests apart in any case
                "Vary: *                     # Authorization   # false",
                "Vary: *                     # Cookie          # false",
                "Vary: *                     # Accept-Language # false",
                "LONG                        # Authorization   # false",
            })
    void requests_differ_by_the_names_that_can_be_read(String vary, String field, boolean same) throws Exception {
        origin.on("/a", call -> call.json("[" + call.number() + "]", lines(vary)));
        HttpCache cache = cache();
        cache.fetch(with(field, "1"));
        assertThat(cache.fetch(with(field, "1")).served()).isEqualTo(Served.HIT);
        assertThat(cache.fetch(with(field, "2")).text()).isEqualTo(same ? "[1]" : "[2]");
        assertThat(cache.fetch(with(field, "1")).text()).isEqualTo("[1]");
        assertThat(cache.get(origin.url("/a")).get(0).intValue()).isEqualTo(same ? 1 : 3);
    }

    @Test
    void a_star_that_comes_and_goes_does_not_lose_the_last_good_answer() throws Exception {
        origin.on("/a", call -> {
            if (call.number() % 2 == 0) {
                call.json("[" + call.number() + "]", "Vary: *");
            } else {
                call.json("[" + call.number() + "]");
            }
        });
        HttpCache cache = cache();
        for (int i = 1; i <= 4; i++) {
            assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("[" + i + "]");
            assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
            clock.advance(TTL);
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
