package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.origin.BodyDelivery;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.Logs;
import dev.fetchonce.testing.SpoiltChannel;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallRegistryTest {
    private final AtomicInteger ends = new AtomicInteger();
    private final CallRegistry callRegistry = new CallRegistry(ends::incrementAndGet);
    private final Latch latch = new Latch();

    @Test
    void a_call_that_takes_no_notice_of_being_ended_leaves_its_thread_uninterrupted() {
        Crowd<Boolean> caller = Crowd.one(() -> {
            assertThat(callRegistry.<String>call(reading -> {
                        latch.passWhateverHappens();
                        while (!Thread.currentThread().isInterrupted()) { // the interrupt stays pending
                            Thread.onSpinWait();
                        }
                        return "done";
                    }))
                    .isEqualTo("done");
            return Thread.currentThread().isInterrupted();
        });
        latch.awaitArrivals(1);
        callRegistry.shutdownNow();
        latch.open();
        assertThat(caller.value()).isFalse();
    }

    @Test
    void its_end_comes_once_and_with_the_last_call() throws Exception {
        Crowd<String> callers = Crowd.of(
                3,
                () -> callRegistry.call(reading -> callRegistry.call(within -> {
                    latch.pass();
                    return "done";
                })));
        latch.awaitArrivals(3);
        callRegistry.shutdown();
        assertThat(callRegistry.terminated()).isFalse();
        assertThat(callRegistry.awaitTermination(Duration.ZERO)).isFalse();
        assertThat(ends).hasValue(0);
        latch.open();
        assertThat(callers.values()).containsOnly("done");
        assertThat(callRegistry.awaitTermination(Duration.ofSeconds(20))).isTrue();
        callRegistry.shutdown();
        callRegistry.shutdownNow();
        assertThat(ends).hasValue(1);
    }

    @Test
    void it_ends_at_once_where_nothing_is_under_way_and_takes_nothing_more() throws Exception {
        assertThat(callRegistry.start(reading -> "done").get(20, TimeUnit.SECONDS))
                .isEqualTo("done");
        callRegistry.shutdown();
        assertThat(callRegistry.terminated()).isTrue();
        assertThat(ends).hasValue(1);
        assertThatThrownBy(() -> callRegistry.call(reading -> "more")).isExactlyInstanceOf(IOException.class);
        assertThat(callRegistry.start(reading -> "more")).isCompletedExceptionally();
    }

    @Test
    void a_call_that_fails_leaves_no_body_to_be_waited_for() {
        BodyDelivery body = BodyDelivery.of(new byte[1]);
        assertThatThrownBy(() -> callRegistry.call(reading -> {
                    reading.accept(body);
                    throw new IOException("redirected to nowhere");
                }))
                .hasMessage("redirected to nowhere");
        callRegistry.shutdown();
        assertThat(callRegistry.terminated()).isTrue();
    }

    @Test
    void a_body_that_no_one_gets_as_its_call_was_cancelled_is_ended() {
        BodyDelivery body = BodyDelivery.of(new byte[1]);
        CompletableFuture<String> call = callRegistry.start(reading -> {
            reading.accept(body);
            latch.passWhateverHappens();
            return "done";
        });
        latch.awaitArrivals(1);
        call.cancel(true);
        callRegistry.shutdown();
        assertThat(callRegistry.terminated()).isFalse();
        latch.open();
        Await.until("it has ended", callRegistry::terminated);
    }

    @Test
    void a_body_is_waited_for_and_then_its_call_is_forgotten() throws Exception {
        BodyDelivery body = BodyDelivery.of(new byte[1]);
        assertThat(callRegistry.<String>call(reading -> {
                    reading.accept(body);
                    return "done";
                }))
                .isEqualTo("done");
        callRegistry.shutdown();
        assertThat(callRegistry.terminated()).isFalse();
        BodySubscriber<Void> reader = BodySubscribers.discarding();
        body.attach(reader);
        assertThat(callRegistry.terminated()).isTrue();
        assertThat(ends).hasValue(1);
    }

    @Test
    void an_interrupt_that_throws_keeps_no_other_call_from_being_ended() throws Exception {
        try (Logs logs = new Logs()) {
            Crowd<String> callers = Crowd.of(
                    3,
                    () -> callRegistry.call(reading -> {
                        new SpoiltChannel(() -> new IllegalStateException("spoilt"), latch).block();
                        Thread.sleep(Duration.ofMinutes(1));
                        return "done";
                    }));
            latch.awaitArrivals(3);
            callRegistry.shutdownNow();
            assertThat(callers.thrown()).allMatch(IOException.class::isInstance);
            assertThat(callRegistry.awaitTermination(Duration.ofSeconds(20))).isTrue();
            assertThat(ends).hasValue(1);
            assertThat(logs.warnings()).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void an_interrupt_that_hangs_keeps_no_other_call_from_being_ended() throws Exception {
        Latch closing = new Latch();
        Latch within = new Latch();
        Supplier<Throwable> hangs = () -> {
            closing.passWhateverHappens();
            return new IllegalStateException("spoilt");
        };
        Crowd<String> spoilt = Crowd.one(() -> callRegistry.call(reading -> {
            new SpoiltChannel(hangs, latch).block();
            return "done";
        }));
        latch.awaitArrivals(1);
        Crowd<String> others = Crowd.of(
                3,
                () -> callRegistry.call(reading -> {
                    within.pass();
                    return "done";
                }));
        within.awaitArrivals(3);
        Crowd<Boolean> end = Crowd.one(() -> {
            callRegistry.shutdownNow();
            return callRegistry.terminated();
        });
        closing.awaitArrivals(1);
        assertThat(others.thrown()).allMatch(IOException.class::isInstance);
        assertThat(end.value()).as("the one whose interrupt hangs is under way").isFalse();
        closing.open();
        latch.open();
        assertThat(spoilt.outcomes()).hasSize(1);
        assertThat(callRegistry.awaitTermination(Duration.ofSeconds(20))).isTrue();
        assertThat(ends).hasValue(1);
    }

    /** A subscriber that requests nothing; it records its error and throws. */
    private static final class Spoilt implements Flow.Subscriber<List<ByteBuffer>> {
        private final List<Throwable> told;

        Spoilt(List<Throwable> told) {
            this.told = told;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {}

        @Override
        public void onNext(List<ByteBuffer> item) {}

        @Override
        public void onError(Throwable failure) {
            told.add(failure);
            throw new IllegalStateException("spoilt");
        }

        @Override
        public void onComplete() {}
    }

    private static List<BodyDelivery> read(Consumer<BodyDelivery> reading, List<Throwable> told) {
        List<BodyDelivery> bodies =
                Stream.generate(() -> BodyDelivery.of(new byte[1])).limit(3).toList();
        bodies.forEach(body -> {
            body.attach(new Spoilt(told));
            reading.accept(body);
        });
        return bodies;
    }

    @Test
    void a_subscriber_that_throws_keeps_no_other_body_from_being_ended() throws Exception {
        List<Throwable> told = new ArrayList<>();
        callRegistry.call(reading -> read(reading, told));
        callRegistry.shutdownNow();
        assertThat(told).hasSize(3);
        assertThat(callRegistry.terminated()).isTrue();
        assertThat(ends).hasValue(1);
    }

    @Test
    void a_subscriber_that_throws_keeps_no_failed_call_under_way() {
        List<Throwable> told = new ArrayList<>();
        assertThatThrownBy(() -> callRegistry.call(reading -> {
                    read(reading, told);
                    throw new IOException("redirected to nowhere");
                }))
                .hasMessage("redirected to nowhere");
        assertThat(told).hasSize(3);
        callRegistry.shutdown();
        assertThat(callRegistry.terminated()).isTrue();
    }

    @Test
    void a_subscriber_that_throws_ends_no_call_that_learns_of_the_end() throws Exception {
        Crowd<String> caller = Crowd.one(() -> callRegistry.call(reading -> {
            latch.passWhateverHappens();
            read(reading, new ArrayList<>());
            return "done";
        }));
        latch.awaitArrivals(1);
        callRegistry.shutdownNow();
        latch.open();
        assertThat(caller.value()).isEqualTo("done");
        assertThat(callRegistry.awaitTermination(Duration.ofSeconds(20))).isTrue();
    }
}
