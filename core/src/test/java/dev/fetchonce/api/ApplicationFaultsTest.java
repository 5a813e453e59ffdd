package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * Application code that throws. Each caller gets an exception of its own, with the thrown exception as its cause. The
 * log shows the thrown exception once, with its stack, and the cache counts no failure of the origin.
 */
class ApplicationFaultsTest {
    /** The exception that the application code throws at the moment; null while the code works. */
    private static final AtomicReference<Throwable> FAULT = new AtomicReference<>();

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "{\"a\":1}");

    private static void maybeThrow() {
        Throwable fault = FAULT.get();
        if (fault != null) {
            fault.fillInStackTrace();
            ApplicationFaultsTest.<RuntimeException>sneak(fault);
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneak(Throwable any) throws X {
        throw (X) any;
    }

    record Refusing(int a) {
        Refusing {
            maybeThrow();
        }
    }

    static final class Bean {
        private int a;

        public void setA(int a) {
            maybeThrow();
            this.a = a;
        }
    }

    static final class Reader extends ValueDeserializer<Read> {
        @Override
        public Read deserialize(JsonParser parser, DeserializationContext context) {
            parser.skipChildren();
            maybeThrow();
            return new Read();
        }
    }

    @JsonDeserialize(using = Reader.class)
    record Read() {}

    /** The places where application code runs on the way to an answer. */
    enum Place {
        REQUESTS(Reason.APPLICATION, JsonNode.class) {
            @Override
            HttpCache.Builder in(HttpCache.Builder options) {
                return options.ttl(Duration.ZERO).requestCustomizer(request -> {
                    maybeThrow();
                    return request;
                });
            }
        },
        TTL(Reason.APPLICATION, JsonNode.class) {
            @Override
            HttpCache.Builder in(HttpCache.Builder options) {
                return options.ttl(uri -> {
                    maybeThrow();
                    return Duration.ZERO;
                });
            }
        },
        CONSTRUCTOR(Reason.UNDECODABLE, Refusing.class),
        SETTER(Reason.UNDECODABLE, Bean.class),
        DESERIALIZER(Reason.UNDECODABLE, Read.class);

        private final Reason reason;
        private final Class<?> type;

        Place(Reason reason, Class<?> type) {
            this.reason = reason;
            this.type = type;
        }

        HttpCache.Builder in(HttpCache.Builder options) {
            return options.ttl(Duration.ZERO);
        }
    }

    static Stream<Arguments> faults() {
        List<Throwable> faults = List.of(
                new IllegalStateException("boom"),
                new NullPointerException(),
                new StackOverflowError("boom"),
                new AssertionError("boom"),
                new NoClassDefFoundError("boom"),
                new ExceptionInInitializerError("boom"),
                new IOException("boom"),
                new IllegalArgumentException("boom", new IllegalStateException("behind it")));
        return Stream.of(Place.values()).flatMap(place -> faults.stream().map(fault -> Arguments.of(place, fault)));
    }

    private HttpCache cache(Place place) {
        return given.withBackoff(
                b -> place.in(b).timeout(Duration.ofSeconds(30)).patience(Duration.ofSeconds(40)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void its_exception_is_the_cause_and_is_logged_once_and_the_next_call_asks(Place place, Throwable fault)
            throws Exception {
        HttpCache cache = cache(place);
        FAULT.set(fault);
        for (int i = 0; i < 3; i++) {
            FetchException e =
                    catchThrowableOfType(FetchException.class, () -> cache.get(origin.url("/a"), place.type));
            assertThat(e.reason()).isEqualTo(place.reason);
            assertThat(e).cause().isSameAs(fault);
            assertThat(e.trouble().flatMap(Trouble::nextAttempt)).isEmpty();
        }
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(fault);
        FAULT.set(null);
        assertThat(cache.get(origin.url("/a"), place.type)).isNotNull();
        assertThat(cache.fetch(origin.url("/a")).trouble()).isEmpty();
        assertThat(given.logs().messages(Level.WARN))
                .as("no word of the origin")
                .hasSize(1);
    }

    /** An exception whose methods throw too. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String method;

        Unreadable(String method) {
            this.method = method;
        }

        private void read(String name) {
            if (name.equals(method)) {
                throw new IllegalStateException("the application's " + name);
            }
        }

        @Override
        public String getMessage() {
            read("getMessage");
            return "boom";
        }

        @Override
        public synchronized Throwable getCause() {
            read("getCause");
            return null;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            read("getStackTrace");
            return method.equals("noStackTrace") ? null : super.getStackTrace();
        }

        @Override
        public String toString() {
            read("toString");
            return "boom";
        }
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of("getMessage", "getCause", "getStackTrace", "noStackTrace", "toString")
                        .map(method -> Arguments.of(place, method)));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void an_exception_that_cannot_be_read_is_the_cause_all_the_same(Place place, String method) throws Exception {
        HttpCache cache = cache(place);
        FAULT.set(new Unreadable(method));
        for (int i = 0; i < 2; i++) {
            FetchException e =
                    catchThrowableOfType(FetchException.class, () -> cache.get(origin.url("/a"), place.type));
            assertThat(e.reason()).isEqualTo(place.reason);
            boolean handedOn = e.getCause() == FAULT.get();
            boolean readByJackson = place.reason == Reason.UNDECODABLE
                    && e.getCause() instanceof IllegalStateException
                    && e.getCause().getMessage().equals("the application's " + method);
            assertThat(handedOn || readByJackson).isTrue();
        }
        assertThat(given.logs().messages(Level.WARN)).hasSize(1);
        FAULT.set(null);
        assertThat(cache.get(origin.url("/a"), place.type)).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void a_stale_answer_stands_in_and_the_origin_is_not_left_alone(Place place) throws Exception {
        HttpCache cache = cache(place);
        Object good = cache.get(origin.url("/a"), place.type);
        IllegalStateException fault = new IllegalStateException("boom");
        FAULT.set(fault);
        for (int i = 0; i < 3; i++) {
            assertThat(cache.get(origin.url("/a"), place.type)).isSameAs(good);
            CachedResponse stale = cache.fetch(origin.url("/a"));
            assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
            assertThat(stale.trouble()).isEmpty();
            assertThat(stale.trouble().flatMap(Trouble::nextAttempt)).isEmpty();
        }
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(fault);
        FAULT.set(null);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.FETCHED);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void each_of_those_who_wait_together_gets_an_exception_of_its_own(Place place) {
        HttpCache cache = cache(place);
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("{\"a\":1}");
        });
        IllegalStateException fault = new IllegalStateException("boom");
        FAULT.set(fault);
        latch.open();
        List<Throwable> thrown =
                Crowd.of(20, () -> cache.get(origin.url("/a"), place.type)).thrown();
        thrown.getFirst().addSuppressed(new IOException("one caller's own"));
        assertThat(thrown)
                .doesNotHaveDuplicates()
                .allSatisfy(e -> assertThat(e).cause().isSameAs(fault));
        assertThat(thrown.getLast().getSuppressed()).isEmpty();
        assertThat(fault.getSuppressed()).isEmpty();
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(fault);
    }

    @Test
    void a_fault_is_logged_again_when_it_changes_and_when_it_comes_back() throws Exception {
        HttpCache cache = cache(Place.REQUESTS);
        Throwable one = new IllegalStateException("one");
        Throwable text = new IllegalStateException("the text alone is another");
        Throwable two = new IllegalArgumentException("two");
        for (Throwable fault : List.of(one, text, two, one)) {
            FAULT.set(fault);
            assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
        }
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(one, two);
        FAULT.set(null);
        cache.get(origin.url("/a"));
        FAULT.set(one);
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).isInstanceOf(FetchException.class);
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(one, two, one);
    }

    @Test
    void a_fault_that_strikes_everywhere_is_logged_once() {
        HttpCache cache = cache(Place.REQUESTS);
        FAULT.set(new IllegalStateException("boom"));
        for (int i = 0; i < 300; i++) {
            String url = origin.url("/a?" + i);
            assertThatThrownBy(() -> cache.get(url)).isInstanceOf(FetchException.class);
        }
        assertThat(given.logs().messages(Level.WARN)).hasSize(1);
        assertThat(origin.requests()).isZero();
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void a_result_that_it_must_not_return_is_an_application_fault(UnaryOperator<HttpCache.Builder> options) {
        HttpCache cache = given.withBackoff(options);
        for (int i = 0; i < 2; i++) {
            FetchException e = catchThrowableOfType(FetchException.class, () -> cache.get(origin.url("/a")));
            assertThat(e.reason()).isEqualTo(Reason.APPLICATION);
            assertThat(e.trouble().flatMap(Trouble::nextAttempt)).isEmpty();
        }
        assertThat(given.logs().messages(Level.WARN)).hasSize(1);
    }

    static Stream<UnaryOperator<HttpCache.Builder>> wrong() {
        return Stream.of(
                b -> b.requestCustomizer(request -> null),
                b -> b.requestCustomizer(request ->
                        HttpRequest.newBuilder(request.uri()).DELETE().build()),
                b -> b.ttl(uri -> null),
                b -> b.ttl(uri -> Duration.ofSeconds(-1)));
    }

    @Test
    void a_predicate_of_statuses_that_throws_is_the_cause_and_covers() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.ttl(Duration.ZERO).staleIfStatus(status -> {
            maybeThrow();
            return false;
        }));
        cache.get(origin.url("/a"));
        IllegalStateException fault = new IllegalStateException("boom");
        FAULT.set(fault);
        origin.on("/a", call -> call.status(503));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_ERROR);
        origin.on("/b", call -> call.status(503));
        assertThatThrownBy(() -> cache.get(origin.url("/b"))).cause().isSameAs(fault);
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(fault);
    }

    @Test
    void a_clock_that_throws_reaches_its_caller() throws Exception {
        HttpCache cache = given.withBackoff(b -> b.clock(
                () -> {
                    maybeThrow();
                    return System.nanoTime();
                },
                Instant::now));
        cache.get(origin.url("/a"));
        IllegalStateException fault = new IllegalStateException("boom");
        FAULT.set(fault);
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).cause().isSameAs(fault);
        FAULT.set(null);
        cache.get(origin.url("/a"));
    }

    @Test
    void an_exception_of_a_callers_code_reaches_it_as_it_is() throws Exception {
        IllegalStateException fault = new IllegalStateException("boom");
        HttpCache cache = given.withBackoff(b -> b.partitionBy(fields -> {
                    maybeThrow();
                    return "";
                })
                .allowedUrls(uri -> {
                    maybeThrow();
                    return true;
                }));
        FAULT.set(fault);
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isSameAs(fault);
        FAULT.set(null);
        CachedResponse response = cache.fetch(origin.url("/a"));
        FAULT.set(fault);
        assertThatThrownBy(() -> response.decode(body -> {
                    maybeThrow();
                    return "";
                }))
                .isSameAs(fault);
        assertThatThrownBy(() -> response.as(Refusing.class)).cause().isSameAs(fault);
    }

    @ParameterizedTest
    @MethodSource("clientRequests")
    void a_client_throws_an_exception_with_that_cause(HttpRequest.Builder request) {
        IllegalStateException fault = new IllegalStateException("boom");
        FAULT.set(fault);
        HttpCache cache = given.withBackoff(b -> b.freshness(Freshness.http()).requestCustomizer(any -> {
            maybeThrow();
            return any;
        }));
        HttpRequest asked = request.uri(origin.uri("/a")).build();
        assertThatThrownBy(() -> cache.asHttpClient().send(asked, BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                .rootCause()
                .isSameAs(fault);
        assertThatThrownBy(() -> cache.asHttpClient()
                        .sendAsync(asked, BodyHandlers.ofString())
                        .get())
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .isSameAs(fault);
        assertThat(given.logs().thrown(Level.WARN)).containsExactly(fault);
        assertThat(origin.requests()).isZero();
    }

    static Stream<HttpRequest.Builder> clientRequests() {
        return Stream.of(
                HttpRequest.newBuilder(), HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString("x")));
    }

    @Test
    void a_refusal_by_jackson_itself_has_no_cause_that_quotes_the_body() {
        record Dated(Instant at, int amount) {}
        origin.json("/a", "{\"at\":\"" + Invariants.SECRET + "\"}");
        FetchException e =
                catchThrowableOfType(FetchException.class, () -> given.cache().get(origin.url("/a"), Dated.class));
        assertThat(e.reason()).isEqualTo(Reason.UNDECODABLE);
        assertThat(e).hasNoCause();
        assertThat(given.logs().messages(Level.WARN)).isEmpty();
    }

    @BeforeEach
    @AfterEach
    void repair() {
        FAULT.set(null);
    }
}
