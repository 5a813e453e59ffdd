package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.CachingHttpClientBuilder;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The making of a drop-in client, the properties that it reports, and its end. The extension checks that no thread is
 * left.
 */
class DropInLifecycleTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "[1]", "Cache-Control: max-age=60");
    private final Latch latch = given.latch();

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(origin.uri(path)).build();
    }

    private String body(HttpClient client, String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofString()).body();
    }

    private HttpCache cache() {
        return given.cache(b -> b.freshness(Freshness.http()));
    }

    private void slow() {
        origin.on("/slow", call -> {
            latch.pass();
            call.json("[2]", "Cache-Control: max-age=60");
        });
    }

    private static void assertShut(HttpClient client, HttpRequest request) {
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString())).isExactlyInstanceOf(IOException.class);
        assertThatThrownBy(
                        () -> client.sendAsync(request, BodyHandlers.ofString()).get(20, TimeUnit.SECONDS))
                .isExactlyInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(IOException.class);
    }

    /** The ways in which a client ends. */
    enum End {
        SHUTDOWN,
        SHUTDOWN_NOW,
        CLOSE;

        void end(HttpClient client) {
            switch (this) {
                case SHUTDOWN -> client.shutdown();
                case SHUTDOWN_NOW -> client.shutdownNow();
                case CLOSE -> client.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_end_of_a_view_leaves_the_cache_open(End end) throws Exception {
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient();
        assertThat(client.isTerminated()).isFalse();
        assertThat(body(client, "/a")).isEqualTo("[1]");
        end.end(client);
        assertThat(client.isTerminated()).isTrue();
        assertThat(client.awaitTermination(Duration.ofSeconds(1))).isTrue();
        assertShut(client, request("/a"));
        assertThat(cache.fetch(origin.uri("/a")).served()).isEqualTo(Served.HIT);
        assertThat(body(cache.asHttpClient(), "/a")).isEqualTo("[1]");
        assertThat(origin.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void the_end_of_a_built_client_ends_its_cache(End end) throws Exception {
        HttpClient client = CachingHttpClient.newBuilder().build();
        assertThat(body(client, "/a")).isEqualTo("[1]");
        assertThat(body(client, "/a")).isEqualTo("[1]");
        assertThat(origin.requests()).isEqualTo(1);
        end.end(client);
        assertThat(client.isTerminated()).isTrue();
        assertShut(client, request("/a"));
        Await.until("no connection is left", () -> origin.connections() == 0);
    }

    @Test
    void shutdown_lets_go_on_what_is_under_way_and_the_last_of_it_ends_the_cache() throws Exception {
        slow();
        HttpClient client = CachingHttpClient.newBuilder().build();
        Crowd<String> sender = Crowd.one(() -> body(client, "/slow"));
        latch.awaitArrivals(1);
        CompletableFuture<HttpResponse<String>> future = client.sendAsync(request("/slow"), BodyHandlers.ofString());
        client.shutdown();
        assertThat(client.isTerminated()).isFalse();
        assertThat(client.awaitTermination(Duration.ofMillis(50))).isFalse();
        assertShut(client, request("/a"));
        latch.open();
        assertThat(sender.value()).isEqualTo("[2]");
        assertThat(future.get(20, TimeUnit.SECONDS).body()).isEqualTo("[2]");
        Await.until("it has ended", client::isTerminated);
        Await.until("no connection is left", () -> origin.connections() == 0);
    }

    @Test
    void a_call_that_was_just_begun_is_waited_for() throws Exception {
        HttpCache cache = cache();
        for (int i = 0; i < 500; i++) {
            HttpClient each = cache.asHttpClient();
            CompletableFuture<HttpResponse<String>> future = each.sendAsync(request("/a"), BodyHandlers.ofString());
            each.close();
            assertThat(future.get(20, TimeUnit.SECONDS).body()).isEqualTo("[1]");
        }
    }

    @Test
    void shutdown_now_fails_what_is_under_way_and_leaves_threads_uninterrupted() throws Exception {
        slow();
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient();
        Crowd<Boolean> sender = Crowd.one(() -> {
            assertThatThrownBy(() -> body(client, "/slow")).isExactlyInstanceOf(IOException.class);
            return Thread.currentThread().isInterrupted();
        });
        CompletableFuture<HttpResponse<String>> future = client.sendAsync(request("/slow"), BodyHandlers.ofString());
        Await.until("both wait", () -> Insides.joined(cache) == 2);
        client.shutdownNow();
        assertThat(client.awaitTermination(Duration.ofSeconds(20))).isTrue();
        assertThat(sender.value()).isFalse();
        assertThatThrownBy(future::get).cause().isExactlyInstanceOf(IOException.class);
    }

    @Test
    void an_interrupted_close_ends_what_is_under_way() {
        slow();
        HttpClient client = CachingHttpClient.newBuilder().build();
        Crowd<String> sender = Crowd.one(() -> body(client, "/slow"));
        latch.awaitArrivals(1);
        Crowd<Boolean> closer = Crowd.one(() -> {
            client.close();
            return Thread.interrupted();
        });
        closer.interrupt(0);
        assertThat(closer.value()).isTrue();
        assertThat(sender.thrown().getFirst()).isExactlyInstanceOf(IOException.class);
        assertThat(client.isTerminated()).isTrue();
    }

    @Test
    void an_interrupt_before_the_call_is_an_interrupt() {
        HttpClient client = cache().asHttpClient();
        Crowd<String> crowd = Crowd.one(() -> {
            Thread.currentThread().interrupt();
            return body(client, "/a");
        });
        assertThat(crowd.thrown().getFirst()).isExactlyInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a b/?token=hunter2", "b%zz?token=hunter2", "http:?token=hunter2"})
    void a_redirect_to_nowhere_quotes_no_query(String location) {
        origin.on("/a", call -> call.status(302, "Location: " + location));
        HttpClient client = given.cache(b -> b.freshness(Freshness.http())).asHttpClient(Redirect.ALWAYS);
        assertThatThrownBy(() ->
                        client.send(HttpRequest.newBuilder(origin.uri("/a")).build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class)
                .satisfies(thrown -> assertThat(Stream.iterate(thrown, Objects::nonNull, Throwable::getCause))
                        .noneMatch(at -> String.valueOf(at.getMessage()).contains("hunter2")));
    }

    @Test
    void a_view_has_what_the_client_of_the_cache_has() throws Exception {
        SSLContext context = SSLContext.getDefault();
        HttpClient given = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(7))
                .sslContext(context)
                .version(Version.HTTP_2)
                .build();
        this.given.closing(given::shutdownNow);
        HttpClient client = this.given
                .cache(b -> b.freshness(Freshness.http()).httpClient(given))
                .asHttpClient(Redirect.ALWAYS);
        assertThat(client.followRedirects()).isEqualTo(Redirect.ALWAYS);
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(7));
        assertThat(client.sslContext()).isSameAs(context);
        assertThat(client.sslParameters().getProtocols())
                .isEqualTo(given.sslParameters().getProtocols());
        assertThat(client.version()).isEqualTo(Version.HTTP_2);
        assertThat(client.executor()).isEqualTo(given.executor());
        assertThat(client.proxy()).isEmpty();
        assertThat(client.cookieHandler()).isEmpty();
        assertThat(client.authenticator()).isEmpty();
    }

    @Test
    void a_built_client_has_what_it_was_given() throws Exception {
        SSLContext context = SSLContext.getDefault();
        ProxySelector proxies = ProxySelector.of(null);
        try (HttpClient client = CachingHttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(3))
                .sslContext(context)
                .sslParameters(new SSLParameters())
                .followRedirects(Redirect.NORMAL)
                .version(Version.HTTP_2)
                .priority(7)
                .proxy(proxies)
                .localAddress(null)
                .cache(b -> b.cacheName("mine"))
                .build()) {
            assertThat(client.connectTimeout()).contains(Duration.ofSeconds(3));
            assertThat(client.sslContext()).isSameAs(context);
            assertThat(client.followRedirects()).isEqualTo(Redirect.NORMAL);
            assertThat(client.version()).isEqualTo(Version.HTTP_2);
            assertThat(client.proxy()).contains(proxies);
            assertThat(client.send(request("/a"), BodyHandlers.ofString())
                            .headers()
                            .firstValue("Cache-Status")
                            .orElseThrow())
                    .startsWith("mine;");
        }
    }

    @Test
    void a_builder_refuses_what_is_not_part_of_the_key_and_what_the_jdk_s_refuses() {
        CachingHttpClientBuilder builder = CachingHttpClient.newBuilder();
        assertThatThrownBy(() -> builder.cookieHandler(new CookieManager()))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> builder.authenticator(new Authenticator() {}))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.priority(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.priority(257)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.version(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.executor(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.followRedirects(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> CachingHttpClient.newBuilder()
                        .cache(b -> b.freshness(Freshness.ttl(Duration.ofSeconds(1))))
                        .build())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> CachingHttpClient.newBuilder()
                        .cache(b -> b.httpClient(HttpClient.newHttpClient()))
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_cache_with_a_ttl_says_how_it_could_be_a_client() {
        HttpCache cache = given.cache();
        assertThatThrownBy(cache::asHttpClient)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("freshness(Freshness.http())");
    }

    @Test
    void a_closed_cache_is_no_client_any_more() {
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient();
        cache.close();
        assertThatThrownBy(cache::asHttpClient).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> body(client, "/a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_url_that_is_not_allowed_gets_no_request() {
        HttpClient client = given.cache(b -> b.freshness(Freshness.http()).allowedUrls(uri -> false))
                .asHttpClient();
        assertThatThrownBy(() -> body(client, "/a")).isInstanceOf(IllegalArgumentException.class);
        assertThat(origin.requests()).isZero();
    }

    @Test
    void pushed_responses_and_web_sockets_go_past_the_cache() throws Exception {
        HttpCache cache = cache();
        HttpClient client = cache.asHttpClient();
        PushPromiseHandler<String> pushes =
                PushPromiseHandler.of(any -> BodyHandlers.ofString(), new ConcurrentHashMap<>());
        for (int i = 0; i < 2; i++) {
            assertThat(client.sendAsync(request("/a"), BodyHandlers.ofString(), pushes)
                            .get(20, TimeUnit.SECONDS)
                            .body())
                    .isEqualTo("[1]");
        }
        assertThat(origin.requests()).isEqualTo(2);
        client.shutdown();
        assertThatThrownBy(() -> client.sendAsync(request("/a"), BodyHandlers.ofString(), pushes)
                        .get(20, TimeUnit.SECONDS))
                .cause()
                .isExactlyInstanceOf(IOException.class);
        ScriptedOrigin socket =
                given.scripted().on("/", ScriptedOrigin.ends("HTTP/1.1 404 -|Content-Length: 0|Connection: close||"));
        assertThatThrownBy(() -> cache.asHttpClient()
                        .newWebSocketBuilder()
                        .buildAsync(
                                java.net.URI.create("ws://127.0.0.1:" + socket.port() + "/w"),
                                new WebSocket.Listener() {})
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
        assertThat(socket.requests("/w")).hasSize(1);
    }

    @Test
    void a_request_without_a_timeout_is_not_repeated_an_hour_later() throws Exception {
        origin.on("/ill", call -> call.status(503, "Retry-After: 3600"));
        CachingHttpClient client =
                given.cache(b -> b.freshness(Freshness.http()).retries(1)).asHttpClient();
        assertThat(client.send(request("/ill"), BodyHandlers.discarding()).statusCode())
                .isEqualTo(503);
        assertThat(origin.requests()).isEqualTo(1);
    }
}
