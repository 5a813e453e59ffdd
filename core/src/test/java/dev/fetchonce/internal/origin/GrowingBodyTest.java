package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules for a growing body: which side requests more, which side gets the bytes, and when the connection ends. */
class GrowingBodyTest {
    private static final int LIMIT = 10;

    private final List<Long> requests = new ArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch unread = new CountDownLatch(1);
    private final BufferAllowance allowance = new BufferAllowance(8);
    private final GrowingBody body = new GrowingBody(LIMIT, allowance);

    @BeforeEach
    void begin() {
        body.whenEnded(ended::countDown);
        body.whenUnread(unread::countDown);
        body.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                requests.add(n);
            }

            @Override
            public void cancel() {
                cancelled.countDown();
            }
        });
    }

    private void comes(String text) {
        body.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))));
    }

    private String whole() throws Exception {
        return body.await()
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .orElse("outgrown");
    }

    private static CompletableFuture<String> readAll(BodyDelivery delivery) {
        BodySubscriber<String> reader = BodySubscribers.ofString(StandardCharsets.US_ASCII);
        delivery.attach(reader);
        return reader.getBody().toCompletableFuture();
    }

    private static boolean done(CountDownLatch latch) {
        return latch.getCount() == 0;
    }

    /** A reader that requests nothing by itself; the test requests through its subscription. */
    private static final class Patient implements Flow.Subscriber<List<ByteBuffer>> {
        Flow.Subscription subscription;
        int items;

        @Override
        public void onSubscribe(Flow.Subscription it) {
            subscription = it;
        }

        @Override
        public void onNext(List<ByteBuffer> item) {
            items++;
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    @Test
    void while_no_one_reads_it_is_asked_for_item_by_item() throws Exception {
        comes("abc");
        comes("def");
        assertThat(requests).containsExactly(1L, 1L, 1L);
        body.onComplete();
        assertThat(whole()).isEqualTo("abcdef");
        assertThat(body.live()).as("it has ended").isEmpty();
        assertThat(done(ended)).isTrue();
        assertThat(done(cancelled)).isFalse();
    }

    @Test
    void its_reader_holds_the_connection_back() {
        comes("abc");
        Patient reader = new Patient();
        body.live().orElseThrow().claim().orElseThrow().attach(reader);
        comes("def"); // the body has requested this item before
        assertThat(requests).containsExactly(1L, 1L);
        assertThat(reader.items).isZero();
        reader.subscription.request(2);
        assertThat(reader.items).isEqualTo(2);
        assertThat(requests).containsExactly(1L, 1L);
        reader.subscription.request(1);
        assertThat(requests).containsExactly(1L, 1L, 1L);
    }

    @Test
    void its_reader_gets_all_and_so_do_those_who_want_it_whole() throws Exception {
        comes("abc");
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        comes("def");
        body.onComplete();
        body.settled();
        assertThat(read.get()).isEqualTo("abcdef");
        assertThat(whole()).isEqualTo("abcdef");
        assertThat(done(unread)).isFalse();
    }

    @Test
    void its_reader_learns_of_the_end_when_the_flight_that_lands_with_it_has_ended() throws Exception {
        comes("abc");
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        body.onComplete();
        assertThat(whole()).isEqualTo("abc");
        assertThat(done(ended)).as("the connection is done with").isTrue();
        assertThat(read).isNotDone();
        body.settled();
        assertThat(read).isCompletedWithValue("abc");
    }

    @Test
    void when_its_reader_has_left_the_gathering_asks_again() throws Exception {
        comes("abc");
        body.live().orElseThrow().abandon();
        assertThat(done(unread)).isTrue();
        assertThat(done(cancelled)).isFalse();
        comes("def");
        assertThat(requests).containsExactly(1L, 1L, 1L, 1L);
        body.onComplete();
        assertThat(whole()).isEqualTo("abcdef");
    }

    @Test
    void when_both_have_left_the_connection_is_closed() {
        StreamingBody live = body.live().orElseThrow();
        body.stop();
        assertThat(done(cancelled)).isFalse();
        live.abandon();
        assertThat(done(cancelled)).isTrue();
        assertThat(done(ended)).isTrue();
    }

    @Test
    void in_the_other_order_too() {
        body.live().orElseThrow().abandon();
        body.stop();
        assertThat(done(cancelled)).isTrue();
        assertThat(done(ended)).isTrue();
    }

    @Test
    void one_that_outgrows_the_limit_goes_on_for_its_reader() throws Exception {
        comes("abc");
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        comes("defghijk");
        assertThat(whole()).isEqualTo("outgrown");
        assertThat(allowance.left()).isEqualTo(8);
        comes("lm");
        body.onComplete();
        body.settled();
        assertThat(read.get()).isEqualTo("abcdefghijklm");
    }

    @Test
    void one_that_outgrows_the_limit_and_has_no_reader_any_more_is_closed() throws Exception {
        body.live().orElseThrow().abandon();
        comes("abcdefghijk");
        assertThat(whole()).isEqualTo("outgrown");
        assertThat(done(cancelled)).isTrue();
    }

    @Test
    void one_that_outgrows_the_limit_at_once_waits_for_its_reader() throws Exception {
        comes("abc");
        comes("defghijk");
        assertThat(whole()).isEqualTo("outgrown");
        assertThat(requests).containsExactly(1L, 1L);
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        body.onComplete();
        assertThat(read.get()).isEqualTo("abcdefghijk");
    }

    @Test
    void the_gathered_bytes_are_bounded_for_all_bodies_and_given_back_at_the_end() throws Exception {
        comes("abc");
        assertThat(allowance.left()).as("it holds a permit").isEqualTo(8);
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        assertThat(allowance.left()).isEqualTo(5);
        comes("def");
        assertThat(allowance.left()).isEqualTo(2);
        comes("ghi");
        assertThat(whole()).isEqualTo("outgrown");
        assertThat(allowance.left()).isEqualTo(8);
        body.onComplete();
        body.settled();
        assertThat(read.get()).isEqualTo("abcdefghi");
    }

    @Test
    void where_nothing_is_left_for_it_it_is_its_reader_s_alone() throws Exception {
        assertThat(allowance.take(6)).isTrue();
        comes("abc");
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        assertThat(whole()).isEqualTo("outgrown");
        body.onComplete();
        body.settled();
        assertThat(read.get()).isEqualTo("abc");
        assertThat(allowance.left()).isEqualTo(2);
    }

    @Test
    void one_that_breaks_fails_all() {
        CompletableFuture<String> read =
                readAll(body.live().orElseThrow().claim().orElseThrow());
        IOException broken = new IOException("broken");
        body.onError(broken);
        assertThat(read).as("no flight has ended with that").isNotDone();
        body.settled();
        assertThat(read.handle((text, failure) -> failure)).isCompletedWithValue(broken);
        assertThat(catchThrowable(body::await))
                .isInstanceOf(ExecutionException.class)
                .hasCause(broken);
        assertThat(done(ended)).isTrue();
    }

    @Test
    void given_up_before_it_begins_it_is_closed_when_it_does() {
        GrowingBody late = new GrowingBody(LIMIT, allowance);
        late.abandon();
        late.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                requests.add(n);
            }

            @Override
            public void cancel() {
                cancelled.countDown();
            }
        });
        assertThat(done(cancelled)).isTrue();
        assertThat(requests).containsExactly(1L);
    }
}
