package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.WebSocketOrigin;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Web sockets of a drop-in client live and end like those of the JDK's client. */
class DropInWebSocketsTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final WebSocketOrigin sockets = given.closing(new WebSocketOrigin());
    private final ScriptedOrigin origin = given.scripted();

    /** The kind of client: the JDK's, the drop-in client of a cache, or a client from its own builder. */
    enum Whose {
        JDK,
        VIEW,
        BUILT
    }

    private HttpClient client(Whose whose) {
        return switch (whose) {
            case JDK -> closing(HttpClient.newHttpClient());
            case VIEW -> given.cache(b -> b.freshness(Freshness.http())).asHttpClient();
            case BUILT -> closing(CachingHttpClient.newBuilder().build());
        };
    }

    private HttpClient closing(HttpClient client) {
        given.closing(client::shutdownNow);
        return client;
    }

    /** One side of an open web socket, and the messages that arrived on it. */
    private static final class Talk implements WebSocket.Listener {
        final BlockingQueue<String> came = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            came.add(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            came.add("closed");
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            came.add("failed: " + error.getClass().getName());
        }
    }

    private WebSocket open(HttpClient client, Talk talk) throws Exception {
        return client.newWebSocketBuilder().buildAsync(sockets.uri(), talk).get(20, TimeUnit.SECONDS);
    }

    private static String say(WebSocket socket, Talk talk, String what) throws Exception {
        socket.sendText(what, true).get(20, TimeUnit.SECONDS);
        return talk.came.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void a_client_that_is_replaced_leaves_web_sockets_open() throws Exception {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        HttpClient client = cache.asHttpClient();
        origin.on("/junk", ScriptedOrigin.sends("SSH-2.0-OpenSSH_9.2||"));
        Talk talk = new Talk();
        WebSocket socket = open(client, talk);
        assertThat(say(socket, talk, "before")).isEqualTo("before");
        assertThatThrownBy(() ->
                        client.send(HttpRequest.newBuilder(origin.uri("/junk")).build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        origin.connections().getFirst().awaitClosedByClient(); // the replaced client closes it at its end
        assertThat(say(socket, talk, "after")).isEqualTo("after");
        cache.close();
        assertThat(talk.came.poll(20, TimeUnit.SECONDS)).startsWith("failed: ");
    }

    @ParameterizedTest
    @EnumSource
    void shutdown_leaves_web_sockets_open_and_opens_no_more(Whose whose) throws Exception {
        HttpClient client = client(whose);
        Talk talk = new Talk();
        WebSocket socket = open(client, talk);
        client.shutdown();
        assertThat(client.isTerminated()).isFalse();
        assertThat(client.awaitTermination(Duration.ofMillis(20))).isFalse();
        assertThatThrownBy(() -> open(client, new Talk())).hasCauseInstanceOf(IOException.class);
        assertThat(say(socket, talk, "still here")).isEqualTo("still here");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
        assertThat(talk.came.poll(20, TimeUnit.SECONDS)).isEqualTo("closed");
        assertThat(client.awaitTermination(Duration.ofSeconds(20))).isTrue();
        Await.until("it says so", client::isTerminated);
    }

    @ParameterizedTest
    @EnumSource
    void close_waits_for_web_sockets(Whose whose) throws Exception {
        HttpClient client = client(whose);
        Talk talk = new Talk();
        WebSocket socket = open(client, talk);
        Crowd<String> closer = Crowd.one(() -> {
            client.close();
            return "closed";
        });
        assertThat(say(socket, talk, "still here")).isEqualTo("still here");
        assertThat(closer.done()).isFalse();
        socket.abort();
        assertThat(closer.value()).isEqualTo("closed");
    }

    @ParameterizedTest
    @EnumSource
    void shutdown_now_ends_web_sockets(Whose whose) throws Exception {
        HttpClient client = client(whose);
        Talk talk = new Talk();
        WebSocket unused = open(client, talk);
        client.shutdownNow();
        assertThat(talk.came.poll(20, TimeUnit.SECONDS)).startsWith("failed: java.io.IOException");
        assertThat(client.awaitTermination(Duration.ofSeconds(20))).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void after_the_end_none_is_opened(Whose whose) {
        HttpClient client = client(whose);
        client.shutdown();
        assertThatThrownBy(() -> open(client, new Talk())).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void the_end_of_a_view_is_not_that_of_another() throws Exception {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        HttpClient one = cache.asHttpClient();
        HttpClient other = cache.asHttpClient();
        Talk talk = new Talk();
        WebSocket socket = open(other, talk);
        open(one, new Talk()).abort();
        one.shutdownNow();
        assertThat(say(socket, talk, "still here")).isEqualTo("still here");
        other.shutdownNow();
    }

    @Test
    void a_client_that_was_given_opens_them_until_the_end_of_the_view_and_is_left_alone() throws Exception {
        HttpClient theirs = closing(HttpClient.newHttpClient());
        HttpClient view = given.cache(b -> b.freshness(Freshness.http()).httpClient(theirs))
                .asHttpClient();
        Talk talk = new Talk();
        WebSocket socket = open(view, talk);
        view.close();
        assertThatThrownBy(() -> open(view, new Talk())).hasCauseInstanceOf(IOException.class);
        assertThat(say(socket, talk, "still here")).isEqualTo("still here");
        socket.abort();
    }

    @Test
    void a_closed_cache_opens_none() {
        HttpCache cache = given.cache(b -> b.freshness(Freshness.http()));
        HttpClient view = cache.asHttpClient();
        cache.close();
        assertThatThrownBy(() -> open(view, new Talk())).hasCauseInstanceOf(IOException.class);
    }
}
