package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.ScriptedOrigin.Connection;
import dev.fetchonce.testing.ScriptedOrigin.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A table of all behaviours of an origin in one exchange. Each case says what the caller gets, whether the cache stores
 * it, and whether the connection is used again. The cases are in {@link FramingCases}, {@link HeadCases},
 * {@link CodingCases} and {@link TimingCases}.
 */
class ExchangeTableTest {
    private static final String GOOD = "[\"good\"]";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();

    /** The cases that the client of an older JDK refuses, trailers included. */
    private static final Set<String> TAKEN_SINCE_25 =
            Set.of("a chunk that does not end where it should", "trailers", "endless trailers");

    static Stream<ExchangeCase> cases() {
        boolean old = Runtime.version().feature() < 25;
        return Stream.of(FramingCases.all(), HeadCases.all(), CodingCases.all(), TimingCases.all())
                .flatMap(cases -> cases)
                .filter(one -> !old || !TAKEN_SINCE_25.contains(one.name()));
    }

    static Stream<ExchangeCase> failures() {
        return cases() // this test calls fetch, with conditions that a 304 confirms
                .filter(one -> one.isFailure() && !one.json() && !one.name().startsWith("304 "));
    }

    private HttpCache cache(ExchangeCase one) {
        return given.impatient(b -> b.timeout(one.timeout())
                .softTimeout(Duration.ofMinutes(1))
                .firstTimeout(one.timeout())
                .patience(Duration.ofSeconds(60))
                .maximumBodyBytes(one.limit())
                .ttl(uri -> uri.getPath().equals("/stale") ? Duration.ZERO : Duration.ofHours(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void an_answer_is_taken_or_refused_whole_and_its_connection_ends_as_it_must(ExchangeCase one) throws Exception {
        HttpCache cache = cache(one);
        origin.on("/a", one.script()).on("/next", request -> request.json("[\"next\"]"));

        switch (one.outcome()) {
            case ExchangeCase.Failure failure -> {
                FetchException e = failure(cache, one);
                assertThat(e.reason()).as(told(e)).isIn(failure.reasons());
                assertThat(e.getMessage()).contains(origin.url(""));
                assertThat(told(e)).doesNotContain(Invariants.SECRET);
                assertThat(origin.requests("/a").size())
                        .as("the JDK repeats a GET that died before any byte")
                        .isBetween(1, 2);
            }
            case ExchangeCase.Body body -> {
                assertThat(ask(cache, one)).isEqualTo(body.text());
                assertThat(origin.requests("/a")).hasSize(1);
            }
        }
        boolean stored = one.outcome() instanceof ExchangeCase.Body body && body.stored();
        assertThat(cache.peek(origin.uri("/a?" + Invariants.SECRET)).isPresent())
                .as("is stored")
                .isEqualTo(stored);
        assertEnd(cache, one.end());

        int before = origin.requests("/a").size();
        switch (one.outcome()) {
            case ExchangeCase.Failure failure -> {
                if (one.isSlow()) {
                    return; // the first call has shown that nothing is stored
                }
                failure(cache, one);
            }
            case ExchangeCase.Body body -> assertThat(ask(cache, one)).isEqualTo(body.text());
        }
        assertThat(origin.requests("/a").size() > before)
                .as("the second call asks the origin")
                .isEqualTo(!stored);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void a_good_stored_answer_survives_it(ExchangeCase one) throws Exception {
        HttpCache cache = cache(one);
        origin.on("/stale", request -> request.json(GOOD));
        Await.until("a good answer is stored", () -> {
            try {
                return cache.fetch(origin.url("/stale")).text().equals(GOOD);
            } catch (FetchTimeoutException slowMachine) {
                return false;
            }
        });
        int before = origin.requests("/stale").size();

        origin.on("/stale", one.script());
        CachedResponse stale = cache.fetch(origin.url("/stale"));
        assertThat(stale.text()).isEqualTo(GOOD);
        if (!one.isSlow()) {
            assertThat(cache.get(origin.url("/stale")).get(0).stringValue()).isEqualTo("good");
        }
        assertThat(cache.peek(origin.uri("/stale")).orElseThrow().text()).isEqualTo(GOOD);
        assertThat(origin.requests("/stale").size()).isGreaterThan(before);
        assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);

        origin.on("/stale", request -> request.json("[\"better\"]"));
        Await.until( // bytes after the faulty response may spoil the next one
                "a better one is served",
                () -> cache.fetch(origin.url("/stale")).text().equals("[\"better\"]"));
    }

    private String ask(HttpCache cache, ExchangeCase one) throws IOException, InterruptedException {
        String url = origin.url("/a?" + Invariants.SECRET);
        if (!one.json()) {
            return cache.fetch(url).text();
        }
        assertThat(cache.get(url).isArray()).isTrue();
        return cache.fetch(url).text();
    }

    private FetchException failure(HttpCache cache, ExchangeCase one) {
        FetchException e = catchThrowableOfType(FetchException.class, () -> ask(cache, one));
        assertThat(e).as("nothing was refused").isNotNull();
        return e;
    }

    private static String told(Object e) {
        return e instanceof FetchException failed
                ? failed.reason() + " " + failed + "; " + failed.getCause()
                : e.toString();
    }

    private void assertEnd(HttpCache cache, ExchangeCase.End end) throws Exception {
        List<Connection> used = origin.requests("/a").stream()
                .map(Request::connection)
                .distinct()
                .toList();
        if (end == ExchangeCase.End.CLOSED) {
            for (Connection connection : used) {
                connection.awaitClosedByClient();
            }
        }
        Await.until("the next exchange works", () -> {
            try {
                assertThat(cache.fetch(origin.url("/next")).text()).isEqualTo("[\"next\"]");
                return true;
            } catch (FetchTimeoutException slowMachine) {
                return false;
            } catch (FetchException spoilt) { // bytes after the response spoilt the connection
                assertThat(end).as(told(spoilt)).isEqualTo(ExchangeCase.End.ANY);
                return false;
            }
        });
        if (end == ExchangeCase.End.REUSED) {
            assertThat(origin.requests("/next").getFirst().connection())
                    .as("the connection of the next exchange")
                    .isSameAs(used.getLast());
        }
    }
}
