package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.origin.BodyDelivery;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BodyReplayTest {
    private static final HttpHeaders HEADERS = HttpHeaders.of(Map.of("x", List.of("1", "2")), (name, value) -> true);
    private static final BodyReplay.Head HEAD = new BodyReplay.Head(203, HEADERS, HttpClient.Version.HTTP_2);

    private static <T> T replay(byte[] body, HttpResponse.BodyHandler<T> handler) throws Exception {
        return BodyReplay.through(handler, HEAD, BodyDelivery.of(body), Deadline.after(Duration.ofMinutes(1)));
    }

    @Test
    void the_handler_is_shown_the_head() throws Exception {
        AtomicReference<HttpResponse.ResponseInfo> seen = new AtomicReference<>();
        replay(new byte[0], info -> {
            seen.set(info);
            return BodySubscribers.discarding();
        });
        assertThat(seen.get().statusCode()).isEqualTo(203);
        assertThat(seen.get().headers()).isEqualTo(HEADERS);
        assertThat(seen.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
    }

    @Test
    void all_signals_come_on_the_calling_thread_where_it_requests_them() throws Exception {
        CopyOnWriteArraySet<Thread> threads = new CopyOnWriteArraySet<>();
        replay(new byte[100_000], info -> {
            threads.add(Thread.currentThread());
            return BodySubscribers.fromSubscriber(new Flow.Subscriber<List<ByteBuffer>>() {
                @Override
                public void onSubscribe(Flow.Subscription it) {
                    threads.add(Thread.currentThread());
                    it.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(List<ByteBuffer> buffers) {
                    threads.add(Thread.currentThread());
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onComplete() {
                    threads.add(Thread.currentThread());
                }
            });
        });
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void a_stream_is_read_wherever_and_whenever_one_likes() throws Exception {
        InputStream stream = replay("hello".getBytes(StandardCharsets.UTF_8), BodyHandlers.ofInputStream());
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                read.complete(stream.readAllBytes());
            } catch (Exception e) {
                read.completeExceptionally(e);
            }
        });
        assertThat(read.get(20, TimeUnit.SECONDS)).asString().isEqualTo("hello");
    }

    @Test
    void bytes_can_be_replayed_again_and_again() throws Exception {
        byte[] body = new byte[50_000];
        for (int i = 0; i < 3; i++) {
            assertThat(replay(body, BodyHandlers.ofByteArray())).isEqualTo(body).isNotSameAs(body);
        }
    }

    @Test
    void an_interrupt_that_was_pending_does_not_take_away_what_is_there() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertThat(replay("x".getBytes(StandardCharsets.UTF_8), BodyHandlers.ofString()))
                    .isEqualTo("x");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void a_response_tells_what_it_was_made_with_and_nothing_secret_beyond_its_uri() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost/a"))
                .header("Authorization", "geheim")
                .build();
        HttpResponse<String> response = new ClientResponse<>(
                request,
                new BodyReplay.Head(200, HEADERS, HttpClient.Version.HTTP_1_1),
                Optional.empty(),
                Optional.empty(),
                "body");
        assertThat(response).hasToString("(GET http://localhost/a) 200");
        assertThat(response.request()).isSameAs(request);
        assertThat(response.uri()).isEqualTo(request.uri());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers()).isSameAs(HEADERS);
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(response.sslSession()).isEmpty();
        assertThat(response.previousResponse()).isEmpty();
        assertThat(response.body()).isEqualTo("body");
    }
}
