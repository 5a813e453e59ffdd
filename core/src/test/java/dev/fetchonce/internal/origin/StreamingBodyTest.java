package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingBodyTest {
    private static final int LIMIT = 100;

    /** The JDK's end of a connection. */
    private static final class Connection implements Flow.Subscription {
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

    private static List<ByteBuffer> bytes(int length) {
        return List.of(ByteBuffer.wrap("x".repeat(length).getBytes(StandardCharsets.US_ASCII)));
    }

    private static CompletableFuture<String> read(BodyDelivery delivery) {
        BodySubscriber<String> subscriber = BodySubscribers.ofString(StandardCharsets.US_ASCII);
        delivery.attach(subscriber);
        return subscriber.getBody().toCompletableFuture();
    }

    private static StreamingBody live(BoundedBodySubscriber body) throws Exception {
        return ((ReceivedBody.Rest) body.getBody().toCompletableFuture().get(20, TimeUnit.SECONDS)).live();
    }

    @Nested
    class As_it_is_taken {
        private final Connection connection = new Connection();

        private BoundedBodySubscriber body(BodyMode mode, OptionalLong announced) {
            BoundedBodySubscriber body = new BoundedBodySubscriber(LIMIT, announced, mode);
            body.onSubscribe(connection);
            return body;
        }

        @Test
        void up_to_the_limit_it_is_gathered_and_asked_for_item_by_item() throws Exception {
            BoundedBodySubscriber body = body(BodyMode.STREAM_LONGER, OptionalLong.of(LIMIT));
            body.onNext(bytes(60));
            body.onNext(bytes(40));
            assertThat(connection.requests).containsExactly(1L, 1L, 1L);
            body.onComplete();
            ReceivedBody whole = body.getBody().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertThat(((ReceivedBody.Whole) whole).bytes()).hasSize(100);
        }

        @Test
        void beyond_it_it_is_handed_on_with_all_that_came_and_the_connection_pauses() throws Exception {
            BoundedBodySubscriber body = body(BodyMode.STREAM_LONGER, OptionalLong.empty());
            body.onNext(bytes(60));
            body.onNext(bytes(41));
            StreamingBody live = live(body);
            assertThat(connection.requests)
                    .as("nothing after the one that passed the limit")
                    .containsExactly(1L, 1L);
            CompletableFuture<String> read = read(live.claim().orElseThrow());
            assertThat(connection.requests).hasSize(3);
            body.onNext(bytes(7));
            body.onComplete();
            assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo("x".repeat(108));
            assertThat(connection.cancelled).isZero();
        }

        @Test
        void announced_beyond_it_nothing_is_read_before_it_is_claimed() throws Exception {
            StreamingBody live = live(body(BodyMode.STREAM_LONGER, OptionalLong.of(LIMIT + 1)));
            assertThat(connection.requests).isEmpty();
            assertThat(live.claim()).isPresent();
            assertThat(connection.requests)
                    .as("nor before the claimant requests")
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void handed_on_at_once_it_may_be_empty_or_broken(boolean broken) throws Exception {
            BoundedBodySubscriber body = body(BodyMode.STREAM, OptionalLong.of(0));
            StreamingBody live = live(body);
            if (broken) {
                body.onError(new IOException("reset"));
            } else {
                body.onComplete();
            }
            CountDownLatch ended = new CountDownLatch(1);
            live.whenEnded(ended::countDown);
            assertThat(ended.getCount()).isZero();
            CompletableFuture<String> read = read(live.claim().orElseThrow());
            assertThat(read).isDone();
            assertThat(read.isCompletedExceptionally()).isEqualTo(broken);
            assertThat(connection.cancelled).isZero();
        }

        @Test
        void one_of_many_claims_it() throws Exception {
            StreamingBody live = live(body(BodyMode.STREAM, OptionalLong.empty()));
            List<Boolean> claims =
                    Crowd.of(50, i -> () -> live.claim().isPresent()).values();
            assertThat(claims).containsOnlyOnce(true);
            assertThat(live.abandon()).as("it is somebody's").isFalse();
            assertThat(connection.cancelled).isZero();
        }

        @Test
        void abandoned_it_is_cancelled_once_and_no_caller_gets_it() throws Exception {
            StreamingBody live = live(body(BodyMode.STREAM, OptionalLong.empty()));
            CountDownLatch ended = new CountDownLatch(1);
            live.whenEnded(ended::countDown);
            assertThat(ended.getCount()).isEqualTo(1);
            assertThat(live.abandon()).isTrue();
            assertThat(live.abandon()).isFalse();
            assertThat(live.claim()).isEmpty();
            assertThat(connection.cancelled).isEqualTo(1);
            assertThat(ended.getCount()).isZero();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void without_a_taker_it_is_given_up_now_or_when_it_is_there(boolean before) {
            BoundedBodySubscriber body = new BoundedBodySubscriber(LIMIT, OptionalLong.empty(), BodyMode.STREAM);
            if (before) {
                body.abandon();
            }
            body.onSubscribe(connection);
            if (!before) {
                body.abandon();
            }
            assertThat(connection.cancelled).isEqualTo(1);
        }
    }

    @Nested
    class From_an_origin {
        private final StreamingExchange exchanges = new StreamingExchange();

        @AfterEach
        void close() {
            exchanges.close();
            assertThat(exchanges.client().client().isTerminated()).isTrue();
        }

        @Test
        void the_head_is_there_before_the_body_and_the_rest_comes_as_it_is_sent() throws Exception {
            CountDownLatch more = new CountDownLatch(1);
            try (RawOrigin server = new RawOrigin(connection -> {
                connection.send("HTTP/1.1 203 OK\r\nX: y\r\nContent-Length: 10\r\n\r\nhello");
                more.await();
                connection.send("world");
            })) {
                StreamingExchange.Taken taken = exchanges.atOnce(server.uri());
                assertThat(taken.status()).isEqualTo(203);
                assertThat(taken.headers().allValues("x")).containsExactly("y");
                assertThat(taken.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
                CompletableFuture<String> read = read(taken.body().claim().orElseThrow());
                assertThat(read).isNotDone();
                more.countDown();
                assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo("helloworld");
                exchanges.exchange(server.uri(), 100, BodyMode.STREAM_LONGER);
                assertThat(server.connections()).as("it was used again").isEqualTo(1);
            }
        }

        @ParameterizedTest
        @EnumSource(
                value = BodyMode.class,
                names = {"STREAM", "STREAM_LONGER"})
        void an_endless_body_is_handed_on_and_ends_when_it_is_given_up(BodyMode mode) throws Exception {
            try (RawOrigin server = new RawOrigin(connection -> {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                connection.drip("5\r\nhello\r\n");
            })) {
                ExchangeResult.Live live = (ExchangeResult.Live) exchanges.exchange(server.uri(), 12, mode);
                assertThat(live.body().abandon()).isTrue();
                server.awaitEnded();
            }
        }

        @Test
        void a_body_within_the_limit_comes_whole_with_its_version() throws Exception {
            try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")) {
                ExchangeResult.Answered answered =
                        (ExchangeResult.Answered) exchanges.exchange(server.uri(), 5, BodyMode.STREAM_LONGER);
                assertThat(answered.representation().content()).asString().isEqualTo("hello");
                assertThat(answered.connection().version()).isEqualTo(HttpClient.Version.HTTP_1_1);
                assertThat(answered.connection().session()).isNull();
            }
        }

        @Test
        void a_head_that_is_not_to_be_believed_is_refused_all_the_same() throws Exception {
            try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello")) {
                ExchangeResult.Broken broken =
                        (ExchangeResult.Broken) exchanges.exchange(server.uri(), 5, BodyMode.STREAM);
                assertThat(broken.failure().reason()).isEqualTo(Reason.PROTOCOL);
                server.awaitEnded();
            }
        }

        @Test
        void a_client_that_is_replaced_ends_only_after_the_body_has() throws Exception {
            HttpClient first = exchanges.client().client();
            CountDownLatch more = new CountDownLatch(1);
            try (RawOrigin server = new RawOrigin(connection -> {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                        more.await();
                        connection.send("world");
                    });
                    RawOrigin spoiling = RawOrigin.answering("NONSENSE\r\n\r\n")) {
                StreamingBody live = exchanges.atOnce(server.uri()).body();
                exchanges.exchange(spoiling.uri(), 5, BodyMode.STREAM);
                Await.until("the client is another", () -> exchanges.client().client() != first);
                assertThat(first.isTerminated()).isFalse();
                more.countDown();
                assertThat(read(live.claim().orElseThrow()).get(20, TimeUnit.SECONDS))
                        .isEqualTo("helloworld");
                Await.until("the first client has ended", first::isTerminated);
            }
        }

        @Test
        void given_up_with_its_head_at_the_deadline_it_is_closed() throws Exception {
            try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")) {
                for (int i = 0; i < 200; i++) {
                    // By chance the head comes before the deadline, after it or just then.
                    ExchangeResult exchange =
                            exchanges.exchange(server.uri(), 5, BodyMode.STREAM, Duration.ofNanos(i * 20_000L));
                    if (exchange instanceof ExchangeResult.Live live) {
                        live.body().abandon();
                    }
                }
                server.awaitEnded();
            }
        }

        @Test
        void closing_the_client_ends_a_body_under_way_in_an_error() throws Exception {
            try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")) {
                CompletableFuture<String> read =
                        read(exchanges.atOnce(server.uri()).body().claim().orElseThrow());
                exchanges.close();
                assertThat(read.handle((text, failure) -> failure).get(20, TimeUnit.SECONDS))
                        .isInstanceOf(IOException.class);
                server.awaitEnded();
            }
        }
    }
}
