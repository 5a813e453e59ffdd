package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedBodySubscriberTest {
    private static final int LIMIT = 100;

    private final Connection connection = new Connection();
    private final BoundedBodySubscriber body =
            new BoundedBodySubscriber(LIMIT, OptionalLong.empty(), BodyMode.REFUSE_LONGER);

    /** The sender's side of a connection. */
    private static final class Connection implements Flow.Subscription {
        long requested;
        boolean cancelled;

        @Override
        public void request(long n) {
            requested = n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, LIMIT - 1, LIMIT})
    void a_body_up_to_the_limit_is_gathered(int length) throws Exception {
        byte[] sent = bytes(length);
        body.onSubscribe(connection);
        assertThat(connection.requested).isEqualTo(Long.MAX_VALUE);
        body.onNext(List.of(ByteBuffer.wrap(sent)));
        assertThat(answer()).isNotDone();
        body.onComplete();
        assertThat(answer().get()).isEqualTo(sent);
        assertThat(connection.cancelled).isFalse();
    }

    @Test
    void one_that_is_refused_ends_its_connection_at_once_however_short_it_is() {
        BoundedBodySubscriber refused = new BoundedBodySubscriber(LIMIT, OptionalLong.of(1), BodyMode.REFUSE);
        refused.onSubscribe(connection);
        assertThat(connection.cancelled).isTrue();
        assertThat(connection.requested).isZero();
        refused.onNext(List.of(ByteBuffer.wrap(bytes(1))));
        refused.onComplete();
        assertThat(whole(refused)).isCompletedExceptionally();
    }

    @Test
    void a_chunk_of_one_byte_is_not_kept_as_an_object() throws Exception {
        int length = 1_000_000;
        BoundedBodySubscriber some = new BoundedBodySubscriber(length, OptionalLong.empty(), BodyMode.REFUSE_LONGER);
        some.onSubscribe(connection);
        List<WeakReference<ByteBuffer>> parts = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            ByteBuffer part = ByteBuffer.wrap(new byte[] {(byte) i});
            if (i % 10_000 == 0) {
                parts.add(new WeakReference<>(part));
            }
            some.onNext(List.of(part));
        }
        System.gc();
        assertThat(parts).filteredOn(part -> part.get() != null).hasSizeLessThan(10);
        some.onComplete();
        assertThat(whole(some).get()).hasSize(length);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_500, 1_000_000})
    void what_is_copied_while_it_comes_is_in_proportion_to_what_comes(long announced) throws Exception {
        int length = 2_000_000;
        byte[] frame = new byte[1_000];
        BoundedBodySubscriber some =
                new BoundedBodySubscriber(length, OptionalLong.of(announced), BodyMode.REFUSE_LONGER);
        some.onSubscribe(connection);
        long before = allocated();
        for (int sent = 0; sent < length; sent += frame.length) {
            some.onNext(List.of(ByteBuffer.wrap(frame)));
        }
        some.onComplete();
        assertThat(allocated() - before).isLessThan(6L * length);
        assertThat(whole(some).get()).hasSize(length);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void a_body_in_random_parts_is_gathered_in_order() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("a_body_in_random_parts: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] sent = bytes(random.nextInt(LIMIT + 1));
            BoundedBodySubscriber some =
                    new BoundedBodySubscriber(LIMIT, OptionalLong.of(sent.length), BodyMode.REFUSE_LONGER);
            some.onSubscribe(new Connection());
            for (int at = 0; at < sent.length; ) {
                int one = random.nextInt(sent.length - at + 1);
                int two = random.nextInt(sent.length - at - one + 1);
                some.onNext(List.of(
                        ByteBuffer.wrap(sent, at, one),
                        ByteBuffer.wrap(sent, at + one, two).slice().asReadOnlyBuffer()));
                at += one + two;
            }
            some.onComplete();
            assertThat(whole(some).get()).isEqualTo(sent);
        }
    }

    @Test
    void no_body_is_an_empty_one() throws Exception {
        body.onSubscribe(connection);
        body.onComplete();
        assertThat(answer().get()).isEmpty();
    }

    @Test
    void one_byte_more_cancels_at_once() {
        body.onSubscribe(connection);
        body.onNext(List.of(ByteBuffer.wrap(bytes(LIMIT))));
        assertThat(connection.cancelled).isFalse();
        body.onNext(List.of(ByteBuffer.allocate(1)));
        assertThat(connection.cancelled).isTrue();
        assertTooLarge("did not end within 100 bytes");
    }

    @Test
    void an_endless_body_is_cancelled_and_what_still_comes_is_dropped() {
        body.onSubscribe(connection);
        for (int i = 0; i < 1_000; i++) {
            body.onNext(List.of(ByteBuffer.allocate(60), ByteBuffer.allocate(0)));
        }
        body.onComplete();
        assertThat(connection.cancelled).isTrue();
        assertTooLarge("did not end within 100 bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {LIMIT + 1, Integer.MAX_VALUE + 1L, Long.MAX_VALUE})
    void a_longer_body_that_is_announced_is_not_even_asked_for(long announced) {
        BoundedBodySubscriber announcing =
                new BoundedBodySubscriber(LIMIT, OptionalLong.of(announced), BodyMode.REFUSE_LONGER);
        announcing.onSubscribe(connection);
        assertThat(connection.cancelled).isTrue();
        assertThat(connection.requested).isZero();
        assertThatThrownBy(() -> announcing.getBody().toCompletableFuture().get())
                .hasCauseInstanceOf(BoundedBodySubscriber.RefusedBodyException.class)
                .hasMessageContaining("a body of " + announced + " bytes was announced");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, LIMIT})
    void an_announcement_within_the_limit_is_not_relied_on(long announced) throws Exception {
        BoundedBodySubscriber some =
                new BoundedBodySubscriber(LIMIT, OptionalLong.of(announced), BodyMode.REFUSE_LONGER);
        some.onSubscribe(connection);
        some.onNext(List.of(ByteBuffer.wrap(bytes(50))));
        some.onComplete();
        assertThat(whole(some).get()).hasSize(50);
    }

    @Test
    void an_error_is_the_outcome() {
        IOException error = new IOException("reset");
        body.onSubscribe(connection);
        body.onNext(List.of(ByteBuffer.allocate(1)));
        body.onError(error);
        assertThatThrownBy(() -> answer().get())
                .isInstanceOf(ExecutionException.class)
                .hasCause(error);
        body.onComplete();
        assertThat(answer()).isCompletedExceptionally();
    }

    @Test
    void an_error_after_the_end_changes_nothing() throws Exception {
        body.onSubscribe(connection);
        body.onNext(List.of(ByteBuffer.wrap(bytes(3))));
        body.onComplete();
        body.onError(new IOException("late"));
        body.onNext(List.of(ByteBuffer.allocate(1)));
        body.onComplete();
        assertThat(answer().get()).isEqualTo(bytes(3));
    }

    @Test
    void an_error_after_a_refusal_changes_nothing() {
        body.onSubscribe(connection);
        body.onNext(List.of(ByteBuffer.allocate(LIMIT + 1)));
        body.onError(new IOException("closed"));
        assertTooLarge("did not end within 100 bytes");
    }

    @Test
    void an_error_before_any_subscription_is_the_outcome() {
        body.onError(new IOException("reset"));
        assertThat(answer()).isCompletedExceptionally();
    }

    private CompletableFuture<byte[]> answer() {
        return whole(body);
    }

    private static CompletableFuture<byte[]> whole(BoundedBodySubscriber some) {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        some.getBody().whenComplete((made, failure) -> {
            if (failure == null) {
                whole.complete(((ReceivedBody.Whole) made).bytes());
            } else {
                whole.completeExceptionally(failure);
            }
        });
        return whole;
    }

    private void assertTooLarge(String message) {
        assertThatThrownBy(() -> answer().get())
                .hasCauseInstanceOf(BoundedBodySubscriber.RefusedBodyException.class)
                .hasMessageContaining(message);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
