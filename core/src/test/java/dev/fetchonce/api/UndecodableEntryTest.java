package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Gzip;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.TestClock;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stored responses whose content the cache cannot decode, or not within its limit. The client stores bytes without
 * decoding them. A caller that wants the content gets the failure that a fetch of these bytes would give.
 */
class UndecodableEntryTest {
    private static final int LIMIT = 10_000;
    private static final byte[] LARGE = ("[\"" + "x".repeat(2 * LIMIT) + "\"]").getBytes(StandardCharsets.UTF_8);
    private static final byte[] SMALL = "[1]".getBytes(StandardCharsets.UTF_8);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();

    private HttpCache cache;
    private CachingHttpClient client;

    /** The ways in which a caller asks for the content. */
    enum Road {
        GET((cache, origin) -> cache.get(origin.url("/a"))),
        GET_A_TYPE((cache, origin) -> cache.get(origin.url("/a"), String[].class)),
        FETCH((cache, origin) -> cache.fetch(origin.url("/a"))),
        FETCH_A_REQUEST((cache, origin) ->
                cache.fetch(HttpRequest.newBuilder(origin.uri("/a")).build())),
        REFRESH((cache, origin) -> cache.refresh(origin.uri("/a"))),
        BY_A_REDIRECT((cache, origin) -> cache.fetch(origin.url("/to-a")));

        private final Asks asks;

        Road(Asks asks) {
            this.asks = asks;
        }
    }

    private interface Asks {
        Object of(HttpCache cache, FakeOrigin origin) throws Exception;
    }

    /** The state of the stored response at the time of the call, and the response of the origin. */
    enum State {
        FRESH(0),
        STALE_AND_CONFIRMED(61),
        STALE_AND_SENT_AGAIN(61),
        RENEWED_AHEAD(55),
        RENEWED_BEHIND(65);

        private final Duration age;

        State(int seconds) {
            this.age = Duration.ofSeconds(seconds);
        }
    }

    private void start(UnaryOperator<HttpCache.Builder> options) {
        cache = given.cache(b -> options.apply(
                b.freshness(Freshness.http()).maximumBodyBytes(LIMIT).clock(clock::nanoTime, clock.wall())));
        client = cache.asHttpClient();
        origin.on("/to-a", call -> call.status(302, "Location: /a"));
    }

    private HttpResponse<byte[]> send(String coding) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                .header("Accept-Encoding", coding)
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private void answers(byte[] coded, String coding, String lifetime, boolean confirms) {
        origin.on("/a", call -> {
            if (confirms && call.field("If-None-Match").isPresent()) {
                call.status(304, "ETag: \"1\"", "Cache-Control: " + lifetime);
            } else {
                send(call, coded, coding, lifetime);
            }
        });
    }

    private static void send(Call call, byte[] coded, String coding, String lifetime) throws Exception {
        call.send(
                200,
                coded,
                "Content-Type: application/json",
                "Content-Encoding: " + coding,
                "ETag: \"1\"",
                "Cache-Control: " + lifetime);
    }

    private void assertTooLarge(Road road) {
        FetchException e = catchThrowableOfType(FetchException.class, () -> road.asks.of(cache, origin));
        assertThat(e).as("what %s threw", road).isNotNull();
        assertThat(e.reason()).as(e.toString()).isEqualTo(Reason.TOO_LARGE);
        assertThat(e).hasMessageContaining("maximumBodyBytes").hasMessageContaining(String.valueOf(LIMIT));
    }

    static Stream<Arguments> roads() {
        List<Arguments> cases = new ArrayList<>();
        for (Road road : Road.values()) {
            for (State state : State.values()) {
                cases.add(Arguments.of(road, state));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("roads")
    void a_stored_body_that_decodes_to_too_much_fails_as_one_that_comes(Road road, State state) throws Exception {
        start(b -> state == State.RENEWED_AHEAD ? b.refreshAhead(0.9) : b);
        byte[] coded = Gzip.of(LARGE);
        String lifetime = state == State.RENEWED_BEHIND ? "max-age=60, stale-while-revalidate=60" : "max-age=60";
        answers(coded, "gzip", lifetime, state != State.STALE_AND_SENT_AGAIN);
        assertThat(send("gzip").body()).isEqualTo(coded);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        clock.advance(state.age);
        assertTooLarge(road);
        assertTooLarge(road);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
        assertThat(send("gzip").body()).as("the client still gets it").isEqualTo(coded);
    }

    static Stream<Arguments> codings() throws Exception {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(LARGE);
        }
        byte[] gzip = Gzip.of(LARGE);
        byte[] padded = Arrays.copyOf(gzip, gzip.length + 9);
        return Stream.of(
                Arguments.of("gzip", gzip),
                Arguments.of("x-gzip", gzip),
                Arguments.of("gzip", padded),
                Arguments.of("deflate", deflated.toByteArray()),
                Arguments.of("gzip, gzip", Gzip.of(gzip)),
                Arguments.of("gzip, aws-chunked", gzip));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("codings")
    void that_holds_for_every_coding(String coding, byte[] coded) throws Exception {
        start(b -> b.header("Accept-Encoding", "gzip, deflate"));
        answers(coded, coding, "max-age=60", true);
        assertThat(send("gzip, deflate").body()).isEqualTo(coded);
        assertTooLarge(Road.FETCH);
        assertTooLarge(Road.GET);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    /** The cache sends this coding in Accept-Encoding, but has no decoder for it. */
    @Test
    void a_stored_coding_that_is_not_understood_fails_as_one_that_comes() throws Exception {
        start(b -> b.header("Accept-Encoding", "zstd"));
        answers(SMALL, "zstd", "max-age=60", true);
        assertThat(send("zstd").body()).isEqualTo(SMALL);
        for (Road road : Road.values()) {
            FetchException e = catchThrowableOfType(FetchException.class, () -> road.asks.of(cache, origin));
            assertThat(e).as("what %s threw", road).isNotNull();
            assertThat(e.reason()).isEqualTo(Reason.PROTOCOL);
        }
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void in_an_outage_it_stands_in_for_the_client_alone(Road road) throws Exception {
        start(b -> b.staleIfError(Duration.ofHours(1)));
        byte[] coded = Gzip.of(LARGE);
        answers(coded, "gzip", "max-age=60", true);
        send("gzip");
        clock.advance(Duration.ofMinutes(2));
        origin.on("/a", call -> call.status(503));
        assertThatThrownBy(() -> road.asks.of(cache, origin))
                .isInstanceOfSatisfying(
                        StatusException.class, e -> assertThat(e.status()).hasValue(503));
        assertThat(send("gzip").body()).isEqualTo(coded);
    }

    @ParameterizedTest
    @EnumSource(names = {"RENEWED_AHEAD", "RENEWED_BEHIND"})
    void it_is_renewed_in_the_background_for_the_client(State state) throws Exception {
        start(b -> state == State.RENEWED_AHEAD ? b.refreshAhead(0.9) : b);
        String lifetime = "max-age=60, stale-while-revalidate=60";
        answers(Gzip.of(LARGE), "gzip", lifetime, false);
        send("gzip");
        clock.advance(state.age);
        byte[] other = Gzip.of(new byte[3 * LIMIT]);
        answers(other, "gzip", lifetime, false);
        send("gzip");
        Await.until("it is renewed", () -> Arrays.equals(send("gzip").body(), other));
        assertThat(origin.requests("/a")).isEqualTo(2);
        assertThat(cache.stats().failures()).isEmpty();
    }

    @Test
    void a_good_value_is_not_given_up_in_the_background_for_one_that_is_none() throws Exception {
        start(b -> b);
        String lifetime = "max-age=60, stale-while-revalidate=60, stale-if-error=600";
        answers(Gzip.of(SMALL), "gzip", lifetime, false);
        assertThat(cache.get(origin.url("/a"))).hasSize(1);
        clock.advance(Duration.ofSeconds(65));
        answers(Gzip.of(LARGE), "gzip", lifetime, false);
        assertThat(cache.get(origin.url("/a"))).hasSize(1);
        Await.until("the renewal has failed", () -> cache.stats().failures().containsKey(Reason.TOO_LARGE));
        assertThat(cache.get(origin.url("/a"))).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void once_it_has_become_smaller_it_is_an_answer_like_any(Road road) throws Exception {
        start(b -> b);
        answers(Gzip.of(LARGE), "gzip", "max-age=60", false);
        send("gzip");
        assertTooLarge(road);
        clock.advance(Duration.ofMinutes(2));
        answers(Gzip.of(SMALL), "gzip", "max-age=60", false);
        assertThat(road.asks.of(cache, origin)).isNotNull();
        assertThat(cache.peek(origin.uri("/a")).orElseThrow().text()).isEqualTo("[1]");
    }

    @Test
    void a_body_that_is_put_together_of_parts_is_checked_as_well() throws Exception {
        start(b -> b);
        byte[] coded = Gzip.of(LARGE);
        int half = coded.length / 2;
        origin.on("/a", call -> {
            boolean first = call.field("Range").orElse("").equals("bytes=0-" + (half - 1));
            byte[] part = first ? Arrays.copyOf(coded, half) : Arrays.copyOfRange(coded, half, coded.length);
            String range = first ? "0-" + (half - 1) : half + "-" + (coded.length - 1);
            call.send(
                    206,
                    part,
                    "Content-Range: bytes " + range + "/" + coded.length,
                    "Content-Encoding: gzip",
                    "ETag: \"1\"",
                    "Cache-Control: max-age=60");
        });
        for (String range : List.of("0-" + (half - 1), half + "-" + (coded.length - 1))) {
            HttpRequest request = HttpRequest.newBuilder(origin.uri("/a"))
                    .header("Accept-Encoding", "gzip")
                    .header("Range", "bytes=" + range)
                    .build();
            client.send(request, BodyHandlers.ofByteArray());
        }
        assertThat(send("gzip").body()).as("the whole is stored").isEqualTo(coded);
        assertTooLarge(Road.FETCH);
        assertTooLarge(Road.GET);
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }
}
