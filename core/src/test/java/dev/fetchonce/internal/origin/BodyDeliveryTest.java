package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.testing.Crowd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of Reactive Streams, by their numbers where they have numbers. */
class BodyDeliveryTest {
    private final Source source = new Source();

    /** The source of a body; it records its requests and cancels. */
    private static final class Source implements Flow.Subscription {
        final List<Long> requests = new ArrayList<>();
        int cancelled;

        @Override
        public void request(long n) {
            requests.add(n);
        }

        @Override
        public void cancel() {
            cancelled++;
        }
    }

    /** A subscriber that records its signals, and how many of them were under way at once. */
    private static final class Seen implements Flow.Subscriber<List<ByteBuffer>> {
        final List<String> signals = new ArrayList<>();
        final AtomicInteger inside = new AtomicInteger();
        int deepest;
        final Consumer<Flow.Subscription> first;
        final Consumer<Flow.Subscription> next;
        Flow.Subscription subscription;

        Seen(Consumer<Flow.Subscription> first, Consumer<Flow.Subscription> next) {
            this.first = first;
            this.next = next;
        }

        private void signal(String what, Runnable then) {
            deepest = Math.max(deepest, inside.incrementAndGet());
            signals.add(what);
            try {
                then.run();
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription it) {
            subscription = it;
            signal("subscribed", () -> first.accept(it));
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            StringBuilder text = new StringBuilder();
            buffers.forEach(buffer -> text.append(StandardCharsets.ISO_8859_1.decode(buffer)));
            signal(text.length() > 20 ? text.length() + " bytes" : text.toString(), () -> next.accept(subscription));
        }

        @Override
        public void onError(Throwable failure) {
            signal(failure.getClass().getSimpleName() + ": " + failure.getMessage(), () -> {});
        }

        @Override
        public void onComplete() {
            signal("complete", () -> {});
        }
    }

    private static Seen asking(long first) {
        return new Seen(it -> it.request(first), it -> {});
    }

    private static Seen askingOneByOne() {
        return new Seen(it -> it.request(1), it -> it.request(1));
    }

    private static List<ByteBuffer> item(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private BodyDelivery live(String... held) {
        List<List<ByteBuffer>> items = new ArrayList<>();
        for (String text : held) {
            items.add(item(text));
        }
        return new BodyDelivery(items.iterator(), source);
    }

    @Test
    void an_empty_body_completes_without_demand() {
        Seen seen = new Seen(it -> {}, it -> {});
        BodyDelivery.of(new byte[0]).attach(seen);
        assertThat(seen.signals).containsExactly("subscribed", "complete");
    }

    @Test
    void rule_1_1_no_more_comes_than_was_requested() {
        Seen seen = asking(2);
        BodyDelivery.of(new byte[3 * ByteBufferChunks.MAXIMUM + 1]).attach(seen);
        assertThat(seen.signals).containsExactly("subscribed", "16384 bytes", "16384 bytes");
        seen.subscription.request(1);
        assertThat(seen.signals).hasSize(4);
        seen.subscription.request(1);
        assertThat(seen.signals).endsWith("\0", "complete");
    }

    @Test
    void rule_1_3_and_3_3_a_request_within_a_signal_does_not_recurse() {
        Seen seen = askingOneByOne();
        BodyDelivery.of(new byte[1_000 * ByteBufferChunks.MAXIMUM]).attach(seen);
        assertThat(seen.signals).hasSize(1_002).endsWith("complete");
        assertThat(seen.deepest).isEqualTo(1);
    }

    @Test
    void rule_1_3_signals_are_serial_from_any_requesting_thread() {
        int items = 2_000;
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger count = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        Flow.Subscription[] subscription = new Flow.Subscription[1];
        BodyDelivery.of(new byte[items * ByteBufferChunks.MAXIMUM]).attach(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription it) {
                subscription[0] = it;
            }

            @Override
            public void onNext(List<ByteBuffer> buffers) {
                together.addAndGet(inside.getAndIncrement());
                count.incrementAndGet();
                inside.decrementAndGet();
            }

            @Override
            public void onError(Throwable failure) {
                throw new AssertionError(failure);
            }

            @Override
            public void onComplete() {
                together.addAndGet(inside.get());
                done.countDown();
            }
        });
        Crowd.of(20, i -> () -> {
                    for (int n = 0; n < items / 20; n++) {
                        subscription[0].request(1);
                    }
                    return i;
                })
                .values();
        assertThat(done.getCount()).isZero();
        assertThat(count).hasValue(items);
        assertThat(together).hasValue(0);
    }

    @Test
    void what_is_held_comes_first_and_only_then_the_source_is_asked_for_what_is_missing() {
        BodyDelivery delivery = live("a", "b");
        Seen seen = asking(1);
        delivery.attach(seen);
        assertThat(source.requests).isEmpty();
        seen.subscription.request(4);
        assertThat(seen.signals).containsExactly("subscribed", "a", "b");
        assertThat(source.requests).containsExactly(3L);
        delivery.arrived(item("c"));
        seen.subscription.request(2);
        assertThat(source.requests).containsExactly(3L, 2L);
        delivery.arrived(item("d"));
        delivery.ended(null);
        assertThat(seen.signals).containsExactly("subscribed", "a", "b", "c", "d", "complete");
        assertThat(source.cancelled).isZero();
    }

    @Test
    void rule_3_17_a_demand_without_bound_is_asked_for_once() {
        BodyDelivery delivery = live("a");
        Seen seen = new Seen(
                it -> {
                    it.request(Long.MAX_VALUE);
                    it.request(Long.MAX_VALUE);
                },
                it -> it.request(1));
        delivery.attach(seen);
        delivery.arrived(item("b"));
        delivery.arrived(item("c"));
        assertThat(source.requests).containsExactly(Long.MAX_VALUE);
        assertThat(seen.signals).containsExactly("subscribed", "a", "b", "c");
    }

    @Test
    void a_source_that_answers_within_the_request_does_not_recurse() {
        BodyDelivery[] delivery = new BodyDelivery[1];
        int[] left = {1_000};
        Flow.Subscription eager = new Flow.Subscription() {
            @Override
            public void request(long n) {
                for (long i = 0; i < n && left[0] > 0; i++) {
                    left[0]--;
                    delivery[0].arrived(item("x"));
                }
                if (left[0] == 0) {
                    delivery[0].ended(null);
                }
            }

            @Override
            public void cancel() {}
        };
        delivery[0] = new BodyDelivery(List.<List<ByteBuffer>>of().iterator(), eager);
        Seen seen = askingOneByOne();
        delivery[0].attach(seen);
        assertThat(seen.signals).hasSize(1_002).endsWith("complete");
        assertThat(seen.deepest).isEqualTo(1);
    }

    @Test
    void requests_bytes_ends_and_cancellations_at_once_leave_signals_in_order() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("requests_bytes_ends_and_cancellations: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            together(random.nextInt(3), random.nextInt(200));
        }
    }

    /**
     * Runs six threads. Four request items, one brings the requested items, and one may cancel or abandon the delivery.
     */
    private static void together(int what, int when) {
        Semaphore asked = new Semaphore(0);
        BodyDelivery delivery = new BodyDelivery(List.of(item("0"), item("1")).iterator(), new Flow.Subscription() {
            @Override
            public void request(long n) {
                asked.release((int) n);
            }

            @Override
            public void cancel() {
                asked.release(1_000);
            }
        });
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger clashes = new AtomicInteger();
        Seen order = new Seen(it -> {}, it -> {
            clashes.addAndGet(inside.getAndIncrement());
            inside.decrementAndGet();
        });
        delivery.attach(order);
        Crowd.of(6, i -> () -> {
                    for (int n = 0; n < 52; n++) {
                        if (i < 4) {
                            delivery.request(1);
                        } else if (i == 5 && what > 0 && n == when / 4) {
                            if (what == 1) {
                                delivery.cancel();
                            } else {
                                delivery.abandon(new IOException("given up"));
                            }
                        }
                    }
                    for (int n = 2; i == 4 && n < 200; n++) {
                        asked.acquire();
                        delivery.arrived(item("" + n));
                    }
                    if (i == 4) {
                        delivery.ended(null);
                    }
                    return i;
                })
                .values();
        List<String> signals = new ArrayList<>(order.signals);
        assertThat(clashes).hasValue(0);
        assertThat(signals.removeFirst()).isEqualTo("subscribed");
        if (!signals.isEmpty() && signals.getLast().startsWith("IOException")) {
            assertThat(what).isEqualTo(2);
            signals.removeLast();
        } else if (!signals.isEmpty() && signals.getLast().equals("complete")) {
            signals.removeLast();
            assertThat(signals).hasSize(200);
        } else {
            assertThat(what).isEqualTo(1);
        }
        for (int n = 0; n < signals.size(); n++) {
            assertThat(signals.get(n)).isEqualTo("" + n);
        }
    }

    @Test
    void items_before_an_error_are_handed_on_before_it() {
        BodyDelivery delivery = live("a");
        delivery.ended(new IOException("reset"));
        Seen seen = new Seen(it -> {}, it -> {});
        delivery.attach(seen);
        assertThat(seen.signals).containsExactly("subscribed");
        seen.subscription.request(1);
        assertThat(seen.signals).containsExactly("subscribed", "a", "IOException: reset");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void rule_3_9_a_request_that_is_not_positive_is_an_error(long n) {
        BodyDelivery delivery = live("a");
        Seen seen = asking(n);
        delivery.attach(seen);
        assertThat(seen.signals)
                .containsExactly("subscribed", "IllegalArgumentException: non-positive subscription request: " + n);
        assertThat(source.cancelled).isEqualTo(1);
        seen.subscription.request(1);
        delivery.arrived(item("late"));
        delivery.ended(null);
        assertThat(seen.signals).hasSize(2);
    }

    @Test
    void rule_3_5_to_3_7_cancel_is_idempotent_and_nothing_comes_after_it() {
        BodyDelivery delivery = live("a", "b");
        Seen seen = new Seen(it -> it.request(5), Flow.Subscription::cancel);
        delivery.attach(seen);
        seen.subscription.cancel();
        seen.subscription.request(1);
        seen.subscription.request(-1);
        delivery.arrived(item("late"));
        delivery.ended(new IOException("late"));
        assertThat(seen.signals).containsExactly("subscribed", "a");
        assertThat(source.cancelled).isEqualTo(1);
        assertThat(source.requests).isEmpty();
    }

    @Test
    void cancelled_in_onSubscribe_it_hands_on_nothing() {
        Seen seen = new Seen(
                it -> {
                    it.request(1);
                    it.cancel();
                },
                it -> {});
        live("a").attach(seen);
        assertThat(seen.signals).containsExactly("subscribed");
        assertThat(source.cancelled).isEqualTo(1);
    }

    @Test
    void after_the_end_nothing_is_cancelled_and_nothing_signalled() {
        BodyDelivery delivery = live("a");
        delivery.ended(null);
        Seen seen = asking(2);
        delivery.attach(seen);
        seen.subscription.request(-1);
        seen.subscription.cancel();
        delivery.abandon(new IOException("late"));
        assertThat(seen.signals).containsExactly("subscribed", "a", "complete");
        assertThat(source.cancelled).isZero();
    }

    @Test
    void rule_2_12_it_is_delivered_once() {
        BodyDelivery delivery = BodyDelivery.of(new byte[1]);
        delivery.attach(asking(1));
        assertThatThrownBy(() -> delivery.attach(asking(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rule_1_9_abandoned_before_it_was_attached_it_still_subscribes_first() {
        BodyDelivery delivery = live("a");
        delivery.abandon(new IOException("given up"));
        assertThat(source.cancelled).isEqualTo(1);
        Seen seen = asking(1);
        delivery.attach(seen);
        assertThat(seen.signals).containsExactly("subscribed", "IOException: given up");
    }

    @Test
    void an_exception_out_of_onNext_is_the_error_and_cancels_the_source() {
        Seen seen = new Seen(it -> it.request(9), it -> {
            throw new IllegalStateException("full");
        });
        live("a", "b").attach(seen);
        assertThat(seen.signals).containsExactly("subscribed", "a", "IllegalStateException: full");
        assertThat(source.cancelled).isEqualTo(1);
    }

    @Test
    void an_error_out_of_onSubscribe_is_the_error_and_cancels_the_source() {
        Seen seen = new Seen(
                it -> {
                    throw new StackOverflowError("deep");
                },
                it -> {});
        live("a").attach(seen);
        assertThat(seen.signals).containsExactly("subscribed", "StackOverflowError: deep");
        assertThat(source.cancelled).isEqualTo(1);
    }

    @Test
    void a_subscriber_cannot_change_the_bytes() {
        byte[] body = "abc".getBytes(StandardCharsets.ISO_8859_1);
        List<ByteBuffer> buffers = new ByteBufferChunks(body, 3).next();
        assertThatThrownBy(() -> buffers.getFirst().put(0, (byte) 0)).isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(buffers::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThat(buffers.getFirst().hasArray()).isFalse();
    }

    // Failures.

    /** A source of which one call throws, or both. */
    private static final class Broken implements Flow.Subscription {
        private final String what;

        Broken(String what) {
            this.what = what;
        }

        @Override
        public void request(long n) {
            call("request");
        }

        @Override
        public void cancel() {
            call("cancel");
        }

        private void call(String mine) {
            if (what.equals(mine) || what.equals("both")) {
                throw new IllegalStateException("the connection is spoilt");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "both"})
    void a_source_that_throws_when_it_is_asked_is_the_subscribers_error(String what) {
        BodyDelivery delivery = new BodyDelivery(Collections.emptyIterator(), new Broken(what));
        Seen seen = new Seen(it -> it.request(1), it -> {});
        delivery.attach(seen);
        assertThat(seen.signals).hasSize(2).first().isEqualTo("subscribed");
        assertThat(seen.signals.getLast()).contains("spoilt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancel", "both"})
    void a_subscriber_gets_its_end_though_the_source_cannot_be_cancelled(String what) {
        BodyDelivery delivery = new BodyDelivery(Collections.emptyIterator(), new Broken(what));
        Seen seen = new Seen(it -> {}, it -> {});
        delivery.attach(seen);
        delivery.abandon(new IOException("over"));
        assertThat(seen.signals).hasSize(2);
        assertThat(seen.signals.getLast()).contains("over");
    }

    @Test
    void a_subscriber_that_throws_gets_its_error_though_the_source_cannot_be_cancelled() {
        BodyDelivery delivery = new BodyDelivery(Collections.emptyIterator(), new Broken("cancel"));
        Seen seen = new Seen(
                it -> {
                    throw new IllegalArgumentException("theirs");
                },
                it -> {});
        delivery.attach(seen);
        assertThat(seen.signals.getLast()).contains("theirs");
    }

    @Test
    void a_subscriber_whose_last_signal_throws_keeps_nothing_that_comes_later() {
        BodyDelivery delivery = new BodyDelivery(Collections.emptyIterator(), source);
        Flow.Subscriber<List<ByteBuffer>> bad = new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription it) {}

            @Override
            public void onNext(List<ByteBuffer> buffers) {}

            @Override
            public void onError(Throwable failure) {
                throw new IllegalStateException("again");
            }

            @Override
            public void onComplete() {}
        };
        delivery.attach(bad);
        assertThatThrownBy(() -> delivery.abandon(new IOException("over"))).hasMessage("again");
        assertThatCode(() -> delivery.arrived(List.of(ByteBuffer.allocate(1)))).doesNotThrowAnyException();
        assertThat(delivery)
                .extracting("arrived")
                .asInstanceOf(InstanceOfAssertFactories.COLLECTION)
                .isEmpty();
    }
}
