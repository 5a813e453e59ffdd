package dev.fetchonce.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.fetchonce.FetchException;
import dev.fetchonce.FetchTimeoutException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.SpoiltChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Calls that throw while others wait. The work that all callers rely on continues, and no caller waits for ever. */
class FaultIsolationTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    static Stream<Supplier<Throwable>> throwables() {
        return Stream.of(
                () -> new IllegalStateException("spoilt"),
                () -> new OutOfMemoryError("spoilt"),
                StackOverflowError::new,
                () -> new AssertionError("spoilt"));
    }

    /** Calls another URL, whose origin never answers, and checks that the calls end by the timeout. */
    private void aLaterFetchEndsAtItsDeadline(HttpCache cache) {
        Latch never = given.latch();
        origin.on("/hangs", call -> never.pass());
        List<Throwable> thrown =
                Crowd.of(3, () -> cache.get(origin.url("/hangs"))).thrown();
        assertThat(thrown)
                .allSatisfy(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                FetchTimeoutException.class,
                                late -> assertThat(late.reason()).isEqualTo(Reason.TIMEOUT)));
    }

    /**
     * Calls again after a timeout. The short timeout is for fetches that hang, but a busy machine may exceed it too.
     */
    private JsonNode got(HttpCache cache, String path) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return cache.get(origin.url(path));
            } catch (FetchTimeoutException e) {
                if (e.reason() != Reason.TIMEOUT || attempt == 100) {
                    throw e;
                }
            }
        }
    }

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.impatient(
                b -> options.apply(b.timeout(TIMEOUT).firstTimeout(TIMEOUT).patience(PATIENCE)));
    }

    // The interrupt of a fetch's thread.

    @ParameterizedTest
    @MethodSource("throwables")
    void an_exchange_whose_interrupt_throws_ends_and_so_do_later_ones(Supplier<Throwable> why) {
        anExchangeEndsAtItsDeadline(why);
        given.logs().await(Level.WARN, "an unexpected error stopped one step of a fetch");
    }

    @Test
    void while_the_interrupt_of_an_exchange_hangs_its_callers_and_later_exchanges_end() {
        anExchangeEndsAtItsDeadline(hanging());
    }

    /** Returns a supplier for the close of a channel that hangs until the end of the test. */
    private Supplier<Throwable> hanging() {
        Latch latch = given.latch();
        return () -> {
            latch.passWhateverHappens();
            return new IllegalStateException("spoilt");
        };
    }

    private void anExchangeEndsAtItsDeadline(Supplier<Throwable> why) {
        Latch blocked = given.latch();
        SpoiltChannel channel = new SpoiltChannel(why, blocked);
        HttpCache cache = cache(b -> b.configureClient(client -> client.proxy(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                if (uri.getPath().equals("/spoilt")) {
                    channel.block();
                }
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {}
        })));
        origin.json("/spoilt", "[1]");
        Crowd<JsonNode> crowd = Crowd.of(3, () -> cache.get(origin.url("/spoilt")));
        assertThat(crowd.thrown()).allMatch(FetchTimeoutException.class::isInstance);
        Await.until("the channel is closed", () -> channel.closes() > 0);
        aLaterFetchEndsAtItsDeadline(cache);
    }

    /** The waiters of a function that hangs give it up, on their own threads. */
    @ParameterizedTest
    @MethodSource("throwables")
    void callers_that_give_up_a_fetch_whose_interrupt_throws_learn_of_their_own_end_alone(Supplier<Throwable> why) {
        theyGiveUp(why);
        given.logs().await(Level.WARN, "an unexpected error stopped one step of a fetch");
    }

    @Test
    void callers_that_give_up_a_fetch_whose_interrupt_hangs_do_not_wait_for_that() {
        theyGiveUp(hanging());
    }

    private void theyGiveUp(Supplier<Throwable> why) {
        Latch blocked = given.latch();
        SpoiltChannel channel = new SpoiltChannel(why, blocked);
        HttpCache cache = cache(b -> b.requestCustomizer(request -> {
            if (request.uri().getPath().equals("/spoilt")) {
                channel.block();
            }
            return request;
        }));
        Crowd<JsonNode> crowd = Crowd.of(3, () -> cache.get(origin.url("/spoilt")));
        assertThat(crowd.thrown()).allMatch(FetchTimeoutException.class::isInstance);
        Await.until("the channel is closed", () -> channel.closes() > 0);
        aLaterFetchEndsAtItsDeadline(cache);
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void close_ends_all_fetches_though_the_interrupt_of_each_throws(Supplier<Throwable> why) {
        closeEndsAll(why);
    }

    @Test
    void close_ends_though_the_interrupt_of_each_fetch_hangs() {
        closeEndsAll(hanging());
    }

    private void closeEndsAll(Supplier<Throwable> why) {
        Latch blocked = given.latch();
        HttpCache cache =
                given.impatient(b -> b.timeout(PATIENCE).patience(PATIENCE).requestCustomizer(request -> {
                    new SpoiltChannel(why, blocked).block();
                    return request;
                }));
        Crowd<JsonNode> crowd = Crowd.of(5, i -> () -> cache.get(origin.url("/" + i)));
        blocked.awaitArrivals(5);
        cache.close();
        assertThat(crowd.thrown())
                .allSatisfy(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                FetchException.class,
                                closed -> assertThat(closed.reason()).isEqualTo(Reason.CLOSED)));
        assertThat(Invariants.threads()).doesNotContainValue("fetchonce-http");
    }

    // Application code.

    /** The places where application code throws. */
    enum Code {
        REQUESTS,
        TTL,
        ALLOWED_HOSTS,
        PARTITION,
        CLOCK,
        CONSTRUCTOR,
        LOG
    }

    record Bad(int n) {
        static volatile Supplier<Throwable> why = () -> new IllegalStateException("spoilt");

        Bad {
            sneak(why.get());
        }
    }

    @SuppressWarnings("unchecked") // so that any throwable can be thrown
    private static <E extends Throwable> void sneak(Throwable what) throws E {
        throw (E) what;
    }

    static Stream<Arguments> codes() {
        return Stream.of(Code.values()).flatMap(code -> throwables().map(why -> Arguments.of(code, why)));
    }

    /** Each caller ends, no permit is lost, and a later exchange ends at its deadline. */
    @ParameterizedTest
    @MethodSource("codes")
    void where_code_of_the_application_throws_its_callers_end_and_so_do_later_fetches(
            Code code, Supplier<Throwable> why) {
        AtomicReference<Code> throwing = new AtomicReference<>();
        Bad.why = why;
        Consumer<Code> at = mine -> {
            if (throwing.get() == mine) {
                FaultIsolationTest.<RuntimeException>sneak(why.get());
            }
        };
        HttpCache cache = cache(b -> b.connectionsPerOrigin(1)
                .requestCustomizer(request -> {
                    at.accept(Code.REQUESTS);
                    return request;
                })
                .ttl(info -> {
                    at.accept(Code.TTL);
                    return Duration.ZERO;
                })
                .allowedUrls(uri -> {
                    at.accept(Code.ALLOWED_HOSTS);
                    return true;
                })
                .partitionBy(request -> {
                    at.accept(Code.PARTITION);
                    return "all";
                })
                .clock(
                        () -> {
                            at.accept(Code.CLOCK);
                            return System.nanoTime();
                        },
                        InstantSource.system()));
        origin.json("/a", "{\"n\":1}");
        AppenderBase<ILoggingEvent> log = new AppenderBase<>() {
            @Override
            public void doAppend(ILoggingEvent event) {
                at.accept(Code.LOG);
            }

            @Override
            protected void append(ILoggingEvent event) {}
        };
        Logger logger = (Logger) LoggerFactory.getLogger("dev.fetchonce");
        logger.addAppender(log);
        try {
            throwing.set(code);
            Class<?> type = code == Code.CONSTRUCTOR ? Bad.class : JsonNode.class;
            Crowd<Object> callers = Crowd.of(3, i -> () -> cache.get(origin.url("/a?" + i), type));
            assertThat(callers.outcomes()).hasSize(3);
            throwing.set(null);
            assertThat(Crowd.of(3, i -> () -> got(cache, "/a?" + i)).values()).hasSize(3);
            throwing.set(code == Code.LOG ? code : null);
            aLaterFetchEndsAtItsDeadline(cache);
        } finally {
            logger.detachAppender(log);
        }
    }

    /** The connection of such a body stays open until a caller reads the body or gives it up. */
    @Test
    void a_body_that_is_handed_on_is_given_up_where_a_clock_throws_before_a_caller_has_it() {
        AtomicBoolean throwing = new AtomicBoolean();
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http())
                .maximumBodyBytes(10)
                .clock(
                        () -> {
                            if (Thread.currentThread().getName().startsWith("fetchonce-flight ")
                                    && throwing.getAndSet(false)) {
                                throw new IllegalStateException("the clock");
                            }
                            return System.nanoTime();
                        },
                        InstantSource.system()));
        origin.on("/long", call -> {
            throwing.set(true);
            call.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[");
            call.awaitDisconnect();
        });
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/long")).build();
        Crowd<InputStream> caller = Crowd.one(() -> cache.asHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofInputStream())
                .body());
        assertThat(caller.thrown()).allMatch(IOException.class::isInstance);
        Await.until("the connection is closed", () -> origin.connections() == 0);
    }
}
