package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Freshness;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that our client answers differently from the JDK's client, on purpose. All other calls are in
 * {@link TransparencyTest}.
 */
class DropInDeviationsTest {
    private static final String OK = "HTTP/1.1 200 OK|Cache-Control: max-age=600|";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();

    private HttpClient client(Redirect redirects) {
        return given.cache(b -> b.freshness(Freshness.http())).asHttpClient(redirects);
    }

    private HttpResponse<String> send(HttpClient client, String path, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(origin.uri(path));
        return client.send((fields.length == 0 ? request : request.headers(fields)).build(), BodyHandlers.ofString());
    }

    /** The JDK's client accepts these responses, or fails with an IllegalArgumentException. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1||ok",
                "Content-Length: 99999999999999999999||ok",
                "Content-Length: 2|Content-Length: 3||ok!",
                "Content-Length: 3|Transfer-Encoding: chunked||3|abc|0||",
                "Transfer-Encoding: gzip, chunked||2|ok|0||",
            })
    void a_body_of_which_one_cannot_tell_where_it_ends_is_refused(String rest) {
        origin.on("/a", ScriptedOrigin.sends(OK + rest));
        assertThatThrownBy(() -> send(client(Redirect.NEVER), "/a")).isExactlyInstanceOf(ProtocolException.class);
    }

    /** The JDK's client accepts a head of 384 KiB. */
    @Test
    void a_head_is_refused_that_takes_too_much_to_be_kept() {
        origin.on("/a", ScriptedOrigin.sends(OK + "X: " + "y".repeat(66_000) + "|Content-Length: 2||ok"));
        assertThatThrownBy(() -> send(client(Redirect.NEVER), "/a")).isExactlyInstanceOf(ProtocolException.class);
    }

    /** The JDK's client follows such a redirect and sends HTTP in clear text to its host. */
    @ParameterizedTest
    @ValueSource(strings = {"ftp://127.0.0.1/x", "mailto:a@b"})
    void a_redirect_to_what_is_not_http_is_the_answer_even_with_always(String place) throws Exception {
        origin.on("/a", ScriptedOrigin.sends("HTTP/1.1 302 -|Location: " + place + "|Content-Length: 2||ok"));
        HttpResponse<String> response = send(client(Redirect.ALWAYS), "/a");
        assertThat(response.statusCode()).isEqualTo(302);
        assertThat(response.body()).isEqualTo("ok");
    }

    @Test
    void conditions_of_the_caller_are_answered_here_and_do_not_reach_the_origin() throws Exception {
        origin.on("/a", ScriptedOrigin.sends(OK + "ETag: \"1\"|Content-Length: 2||ok"));
        HttpResponse<String> response = send(client(Redirect.NEVER), "/a", "If-None-Match", "\"1\"");
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(origin.requests("/a"))
                .singleElement()
                .satisfies(request -> assertThat(request.head()).doesNotContain("If-None-Match"));
    }

    @Test
    void fields_that_speak_of_the_connection_are_left_out_of_what_can_be_stored() throws Exception {
        origin.on("/a", ScriptedOrigin.sends(OK + "Connection: x|X: y|Keep-Alive: 5|Content-Length: 2||ok"));
        assertThat(send(client(Redirect.NEVER), "/a").headers().map())
                .doesNotContainKeys("connection", "x", "keep-alive")
                .containsKey("content-length");
    }

    @Test
    void a_timeout_bounds_the_body_too_where_it_is_waited_for() {
        origin.on("/a", request -> request.send(OK + "Content-Length: 2||o"));
        URI uri = origin.uri("/a");
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofMillis(300)).build();
        HttpClient client = client(Redirect.NEVER);
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                .isExactlyInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void a_body_that_can_be_kept_is_read_to_its_end_before_the_head_is_shown() throws Exception {
        Latch latch = given.latch();
        origin.on("/a", request -> {
            request.send(OK + "Content-Length: 2||o");
            latch.pass();
            request.send("k");
        });
        AtomicBoolean seen = new AtomicBoolean();
        HttpClient client = client(Redirect.NEVER);
        HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
        Crowd<HttpResponse<String>> caller = Crowd.one(() -> client.send(request, info -> {
            seen.set(true);
            return BodySubscribers.ofString(StandardCharsets.UTF_8);
        }));
        latch.awaitArrivals(1);
        assertThat(seen).isFalse();
        latch.open();
        assertThat(caller.value().body()).isEqualTo("ok");
    }
}
