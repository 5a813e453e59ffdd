package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that a caller reads as they come: those that are too long to store, and those for one caller. */
class DropInStreamingTest {
    private static final int PIECE = 1 << 16;
    private static final long BODY = 64L << 20;
    private static final String NO_STORE = "HTTP/1.1 200 OK|Cache-Control: no-store|";
    private static final String TOO_LONG = "HTTP/1.1 200 OK|Cache-Control: max-age=60|";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();
    private final HttpCache cache =
            given.cache(b -> b.freshness(Freshness.http()).connectionsPerOrigin(1));
    private final HttpClient client = cache.asHttpClient();
    private final AtomicLong sent = new AtomicLong();

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(origin.uri(path));
    }

    private InputStream stream(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofInputStream()).body();
    }

    private ScriptedOrigin.Script large(String head) {
        return request -> {
            request.send(head + "Content-Length: " + BODY + "||");
            for (long left = BODY; left > 0; left -= PIECE) {
                request.send(new byte[PIECE]);
                sent.addAndGet(PIECE);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {NO_STORE, TOO_LONG})
    void an_origin_waits_for_a_caller_that_does_not_read(String head) throws Exception {
        origin.on("/a", large(head));
        try (InputStream body = stream("/a")) {
            AtomicLong last = new AtomicLong();
            AtomicLong since = new AtomicLong();
            Await.until("the origin has to wait", () -> {
                long now = System.nanoTime();
                if (last.getAndSet(sent.get()) != sent.get()) {
                    since.set(now);
                }
                return last.get() > 0 && now - since.get() > 500_000_000L;
            });
            assertThat(sent.get()).isLessThan(BODY / 2);
            long read = 0;
            for (long n = body.skip(PIECE); n > 0; n = body.skip(PIECE)) {
                read += n;
            }
            assertThat(read).isEqualTo(BODY);
        }
    }

    @Test
    void a_reader_holds_no_permit_of_the_origin() throws Exception {
        origin.on("/a", large(NO_STORE)).on("/b", ScriptedOrigin.sends(TOO_LONG + "Content-Length: 2||ok"));
        InputStream body = stream("/a");
        assertThat(client.send(request("/b").build(), BodyHandlers.ofString()).body())
                .isEqualTo("ok");
        body.close();
        origin.requests("/a").getFirst().connection().awaitClosedByClient();
    }

    @Test
    void the_timeout_of_the_request_does_not_bound_the_reader_afterwards() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", request -> {
            request.send(NO_STORE + "Content-Length: 4||ab");
            latch.pass();
            request.send("cd");
        });
        HttpRequest hurried = request("/a").timeout(Duration.ofMillis(500)).build();
        try (InputStream body =
                client.send(hurried, BodyHandlers.ofInputStream()).body()) {
            long start = System.nanoTime();
            Await.until("its time is over", () -> System.nanoTime() - start > 1_000_000_000L);
            latch.open();
            assertThat(body.readAllBytes()).asString().isEqualTo("abcd");
        }
        assertThatThrownBy(() -> {
                    origin.on("/c", ScriptedOrigin.sends(NO_STORE + "Content-Length: 4||ab"));
                    client.send(request("/c").timeout(Duration.ofMillis(500)).build(), BodyHandlers.ofString());
                })
                .isExactlyInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void a_caller_that_never_reads_the_body_does_not_keep_its_connection() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", request -> {
            latch.pass();
            request.send(NO_STORE + "Content-Length: 4||ab");
        });
        HttpRequest request = request("/a").timeout(Duration.ofSeconds(60)).build();
        Crowd<HttpResponse<String>> gone = Crowd.one(() -> client.send(request, BodyHandlers.ofString()));
        latch.awaitArrivals(1);
        gone.interrupt(0);
        assertThat(gone.thrown().getFirst()).isExactlyInstanceOf(InterruptedException.class);
        latch.open();
        origin.connections().getFirst().awaitClosedByClient();
    }

    @Test
    void a_handler_that_fails_closes_the_connection() throws Exception {
        origin.on("/a", large(NO_STORE));
        RuntimeException mine = new IllegalStateException("mine");
        assertThatThrownBy(() -> client.send(request("/a").build(), info -> {
                    throw mine;
                }))
                .isInstanceOf(IOException.class)
                .hasRootCause(mine);
        origin.connections().getFirst().awaitClosedByClient();
    }

    @Test
    void an_interrupt_while_the_body_comes_closes_the_connection() throws Exception {
        origin.on("/a", ScriptedOrigin.sends(NO_STORE + "Content-Length: 4||ab"));
        Crowd<HttpResponse<String>> reader =
                Crowd.one(() -> client.send(request("/a").build(), BodyHandlers.ofString()));
        Await.until("it was asked", () -> origin.requests().size() == 1);
        reader.interrupt(0);
        assertThat(reader.thrown().getFirst()).isExactlyInstanceOf(InterruptedException.class);
        origin.connections().getFirst().awaitClosedByClient();
    }

    @Test
    void a_caller_that_has_the_body_already_gets_a_304_and_not_a_byte() throws Exception {
        origin.on("/a", large(NO_STORE + "ETag: \"1\"|"));
        HttpResponse<String> response =
                client.send(request("/a").header("If-None-Match", "\"1\"").build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        origin.connections().getFirst().awaitClosedByClient();
    }

    @Test
    void the_body_of_a_redirect_that_is_followed_is_not_read() throws Exception {
        origin.on("/a", large("HTTP/1.1 302 -|Location: /b|"))
                .on("/b", ScriptedOrigin.sends(TOO_LONG + "Content-Length: 2||ok"));
        HttpClient following = cache.asHttpClient(HttpClient.Redirect.NORMAL);
        assertThat(following
                        .send(request("/a").build(), BodyHandlers.ofString())
                        .body())
                .isEqualTo("ok");
        origin.requests("/a").getFirst().connection().awaitClosedByClient();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/event-stream|Cache-Control: no-cache|",
                "Content-Type: Text/Event-Stream; charset=utf-8|Cache-Control: max-age=60|",
                "Content-Type: multipart/x-mixed-replace; boundary=x|",
            })
    void events_come_one_by_one(String head) throws Exception {
        Latch latch = given.latch();
        origin.on("/a", request -> {
            request.send("HTTP/1.1 200 OK|" + head + "Transfer-Encoding: chunked||8|data: 1\n|");
            latch.pass();
            request.send("8|data: 2\n|0||");
        });
        HttpResponse<Stream<String>> response = client.send(request("/a").build(), BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            Iterator<String> each = lines.iterator();
            assertThat(each.next()).isEqualTo("data: 1");
            latch.open();
            assertThat(each.next()).isEqualTo("data: 2");
        }
    }
}
