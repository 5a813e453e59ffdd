package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.ClientOptions;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A drop-in client with the backoff at a sick host: calls for URLs that have not failed wait for their turn. */
class DropInTurnTest {
    private static final ClientOptions BACKOFF = ClientOptions.defaults().backoff(true);
    private static final Duration LONG = Duration.ofSeconds(60);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final Latch latch = given.latch();
    private final HttpCache cache = given.withBackoff(b -> b.freshness(Freshness.http())
            .timeout(Duration.ofSeconds(30))
            .backoff(Duration.ofMinutes(1), Duration.ofMinutes(1))); // no turn may pass the one that is out
    private final HttpClient client = cache.asHttpClient(BACKOFF);

    private Crowd<Integer> first;

    /** Makes the host sick. The call for the first URL has the turn until the latch opens. */
    @BeforeEach
    void sicken() throws Exception {
        for (String path : List.of("/x", "/y", "/z")) {
            origin.on(path, call -> call.status(503));
            assertThat(get(client, path).statusCode()).isEqualTo(503);
        }
        origin.on("/first", call -> {
            latch.pass();
            call.status(503);
        });
        first = Crowd.one(() -> get(client, "/first").statusCode());
        latch.awaitArrivals(1);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(origin.uri(path));
    }

    private HttpResponse<String> get(HttpClient by, String path) throws Exception {
        return by.send(request(path).build(), BodyHandlers.ofString());
    }

    @Test
    void a_URL_that_has_not_failed_is_answered_in_its_turn() throws Exception {
        origin.json("/second", "[2]");
        Crowd<Integer> second = Crowd.one(() -> get(client, "/second").statusCode());
        assertThat(origin.requests("/second")).isZero();
        latch.open();
        assertThat(first.value()).isEqualTo(503);
        assertThat(second.value()).isEqualTo(200);
    }

    @Test
    void a_call_whose_timeout_ends_before_its_turn_gets_the_trouble_of_the_host() {
        HttpRequest inHaste = request("/second").timeout(Duration.ofMillis(1)).build();
        assertThatThrownBy(() -> client.send(inHaste, BodyHandlers.ofString()))
                .isInstanceOfSatisfying(FetchException.class, e -> {
                    assertThat(e.uri()).isEqualTo(origin.uri("/second"));
                    assertThat(e.trouble())
                            .hasValueSatisfying(
                                    trouble -> assertThat(trouble.reason()).isEqualTo(Reason.STATUS));
                });
        latch.open();
        first.value();
        assertThat(origin.requests("/second")).isZero();
    }

    @Test
    void the_default_client_waits_for_no_turn() throws Exception {
        assertThat(get(cache.asHttpClient(), "/x").statusCode()).isEqualTo(503);
        latch.open();
        first.value();
    }

    @Test
    void a_call_that_waits_ends_with_an_interrupt_a_cancellation_or_its_client() throws Exception {
        Crowd<Integer> interrupted = Crowd.one(() -> get(client, "/second").statusCode());
        HttpClient ending = cache.asHttpClient(BACKOFF);
        Crowd<Integer> ended = Crowd.one(() -> get(ending, "/second").statusCode());
        HttpClient cancelling = cache.asHttpClient(BACKOFF);
        CompletableFuture<HttpResponse<String>> cancelled =
                cancelling.sendAsync(request("/second").build(), BodyHandlers.ofString());
        interrupted.interruptAll();
        ending.shutdownNow();
        cancelled.cancel(true);
        assertThat(interrupted.thrown()).singleElement().isInstanceOf(InterruptedException.class);
        assertThat(ended.thrown()).singleElement().isInstanceOf(IOException.class);
        assertThat(ending.awaitTermination(LONG)).isTrue();
        cancelling.shutdown();
        assertThat(cancelling.awaitTermination(LONG)).isTrue();
        assertThat(cancelled).isCancelled();
        latch.open();
        assertThat(first.value()).isEqualTo(503);
        assertThat(origin.requests("/second")).isZero();
    }

    @Test
    void a_request_past_the_cache_waits_for_no_turn() throws Exception {
        origin.on("/second", call -> call.status(204));
        List<HttpRequest.Builder> past = List.of(
                request("/second").header("Range", "bytes=0-0"),
                request("/second").header("Cache-Control", "no-store"),
                request("/second").HEAD(),
                request("/second").POST(BodyPublishers.ofString("x")),
                request("/second").DELETE());
        for (HttpRequest.Builder request : past) {
            HttpRequest sent = request.build();
            assertThat(client.send(sent, BodyHandlers.discarding()).statusCode())
                    .as("%s %s", sent.method(), sent.headers().map())
                    .isEqualTo(204);
        }
        latch.open();
        first.value();
    }
}
