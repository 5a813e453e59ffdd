package dev.fetchonce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Gate;
import dev.fetchonce.testing.Invariants;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What all callers rely on goes on, whatever one call throws: nothing waits for ever. */
class DutiesTest {
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

    @SuppressWarnings("unchecked") // so that any throwable can be thrown anywhere
    private static <E extends Throwable> void sneak(Throwable what) throws E {
        throw (E) what;
    }

    /** A channel in which code of an application blocks, and whose close throws: so an interrupt of that thread throws. */
    private static final class Spoilt extends AbstractInterruptibleChannel {
        private final Supplier<Throwable> why;
        private final AtomicInteger closes = new AtomicInteger();
        private final Gate entered;

        Spoilt(Supplier<Throwable> why, Gate entered) {
            this.why = why;
            this.entered = entered;
        }

        @Override
        protected void implCloseChannel() {
            closes.incrementAndGet();
            DutiesTest.<RuntimeException>sneak(why.get());
        }

        /** Blocks until the thread is interrupted, or the gate opens. */
        void block() {
            begin();
            try {
                entered.pass();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                try {
                    end(true);
                } catch (IOException e) {
                    // it was closed by the interrupt
                }
            }
        }
    }

    /** Asks another URL, whose origin never answers; a while later that ends by the timeout. */
    private void aLaterFetchEndsAtItsDeadline(HttpCache cache) {
        Gate never = given.gate();
        origin.on("/hangs", call -> never.pass());
        List<Throwable> thrown =
                Crowd.of(3, () -> cache.get(origin.url("/hangs"))).thrown();
        assertThat(thrown)
                .allSatisfy(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                FetchTimeoutException.class,
                                late -> assertThat(late.reason()).isEqualTo(Reason.TIMEOUT)));
    }

    private HttpCache cache(java.util.function.UnaryOperator<HttpCache.Builder> options) {
        return given.impatient(b -> options.apply(b.timeout(TIMEOUT).patience(PATIENCE)));
    }

    // The interrupt of a fetch's thread.

    @ParameterizedTest
    @MethodSource("throwables")
    void an_exchange_whose_interrupt_throws_ends_and_so_do_later_ones(Supplier<Throwable> why) {
        anExchangeEndsAtItsDeadline(why);
        assertThat(given.logs().awaitWarnings(1).getFirst()).contains("an error kept the cache from a duty");
    }

    @Test
    void while_the_interrupt_of_an_exchange_hangs_its_callers_and_later_exchanges_end() {
        anExchangeEndsAtItsDeadline(hanging());
    }

    /** The close of a channel that hangs for as long as the test runs. */
    private Supplier<Throwable> hanging() {
        Gate gate = given.gate();
        return () -> {
            gate.passWhateverHappens();
            return new IllegalStateException("spoilt");
        };
    }

    private void anExchangeEndsAtItsDeadline(Supplier<Throwable> why) {
        Gate blocked = given.gate();
        Spoilt channel = new Spoilt(why, blocked);
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
        Await.until("the channel is closed", () -> channel.closes.get() > 0);
        aLaterFetchEndsAtItsDeadline(cache);
    }

    /** A function that hangs is given up by those who wait for it, on their threads. */
    @ParameterizedTest
    @MethodSource("throwables")
    void who_gives_up_a_fetch_whose_interrupt_throws_learns_of_its_own_end_alone(Supplier<Throwable> why) {
        theyGiveUp(why);
        given.logs().awaitWarnings(1);
    }

    @Test
    void who_gives_up_a_fetch_whose_interrupt_hangs_does_not_wait_for_that() {
        theyGiveUp(hanging());
    }

    private void theyGiveUp(Supplier<Throwable> why) {
        Gate blocked = given.gate();
        Spoilt channel = new Spoilt(why, blocked);
        HttpCache cache = cache(b -> b.requests(request -> {
            if (request.uri().getPath().equals("/spoilt")) {
                channel.block();
            }
            return request;
        }));
        Crowd<JsonNode> crowd = Crowd.of(3, () -> cache.get(origin.url("/spoilt")));
        assertThat(crowd.thrown()).allMatch(FetchTimeoutException.class::isInstance);
        Await.until("the channel is closed", () -> channel.closes.get() > 0);
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
        Gate blocked = given.gate();
        HttpCache cache =
                given.impatient(b -> b.timeout(PATIENCE).patience(PATIENCE).requests(request -> {
                    new Spoilt(why, blocked).block();
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
}
