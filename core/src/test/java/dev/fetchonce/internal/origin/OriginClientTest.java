package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Authenticator;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OriginClientTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    static Map<String, UnaryOperator<HttpClient.Builder>> unfit() {
        return Map.of(
                "follows redirects (ALWAYS)", builder -> builder.followRedirects(Redirect.ALWAYS),
                "follows redirects (NORMAL)", builder -> builder.followRedirects(Redirect.NORMAL),
                "has a cookie handler", builder -> builder.cookieHandler(new CookieManager()),
                "has an authenticator", builder -> builder.authenticator(new Authenticator() {}));
    }

    static Set<Map.Entry<String, UnaryOperator<HttpClient.Builder>>> unfitClients() {
        return unfit().entrySet();
    }

    @ParameterizedTest
    @MethodSource("unfitClients")
    void a_given_client_is_refused_for_what_the_key_would_not_show(
            Map.Entry<String, UnaryOperator<HttpClient.Builder>> unfit) {
        try (HttpClient client = unfit.getValue().apply(HttpClient.newBuilder()).build()) {
            assertThatThrownBy(() -> OriginClient.given(client))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(unfit.getKey());
            assertThat(client.isTerminated()).as("it is its giver's").isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("unfitClients")
    void a_configuration_is_refused_for_the_same(Map.Entry<String, UnaryOperator<HttpClient.Builder>> unfit)
            throws Exception {
        assertThatThrownBy(() -> OriginClient.own(Optional.empty(), unfit.getValue(), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(unfit.getKey());
    }

    @Test
    void a_client_of_its_own_speaks_http_1_1_on_virtual_threads_by_default() {
        OriginClient plain =
                OriginClient.own(Optional.of(Duration.ofSeconds(3)), UnaryOperator.identity(), Duration.ofSeconds(1));
        HttpClient client = plain.client();
        assertThat(client.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(client.followRedirects()).isEqualTo(Redirect.NEVER);
        assertThat(client.connectTimeout()).contains(Duration.ofSeconds(3));
        AtomicReference<Thread> thread = new AtomicReference<>();
        client.executor().orElseThrow().execute(() -> thread.set(Thread.currentThread()));
        plain.close(LONG);
        assertThat(thread.get().isVirtual()).isTrue();
        assertThat(thread.get().getName()).isEqualTo("fetchonce-http");

        OriginClient other = OriginClient.own(
                Optional.empty(), builder -> builder.version(HttpClient.Version.HTTP_2), Duration.ofSeconds(1));
        assertThat(other.client().version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(other.client().connectTimeout()).isEmpty();
        other.close(LONG);
    }

    @Test
    void closing_ends_a_client_of_its_own_and_all_its_threads() throws Exception {
        try (RawOrigin server = RawOrigin.answering(OK)) {
            OriginClient own = OriginClient.own(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(1));
            ExecutorService executor = (ExecutorService) own.client().executor().orElseThrow();
            assertThat(ask(own.client(), server)).isEqualTo(200);
            Thread selector = selector(own.client());
            assertThat(selector.isAlive()).isTrue();
            own.close(LONG);
            assertThat(own.client().isTerminated()).isTrue();
            assertThat(executor.isTerminated()).isTrue();
            selector.join();
            server.awaitEnded();
            own.close(LONG);
        }
    }

    @Test
    void closing_leaves_a_given_client_alone() throws Exception {
        try (RawOrigin server = RawOrigin.answering(OK);
                HttpClient client = HttpClient.newHttpClient()) {
            OriginClient given = OriginClient.given(client);
            assertThat(given.client()).isSameAs(client);
            given.close(LONG);
            assertThat(client.isTerminated()).isFalse();
            assertThat(ask(client, server)).isEqualTo(200);
        }
    }

    @Test
    void closing_by_an_interrupted_thread_ends_all_and_keeps_the_interrupt() {
        OriginClient own = OriginClient.own(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(1));
        Thread.currentThread().interrupt();
        own.close(LONG);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(own.client().isTerminated()).isTrue();
        assertThat(((ExecutorService) own.client().executor().orElseThrow()).isTerminated())
                .isTrue();
    }

    @Test
    void closing_waits_no_longer_than_its_bound() throws Exception {
        OriginClient own = OriginClient.own(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(1));
        ExecutorService executor = (ExecutorService) own.client().executor().orElseThrow();
        CountDownLatch end = new CountDownLatch(1);
        executor.execute(() -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait(); // ignores interrupts
                Thread.yield();
            }
        });
        own.close(Duration.ofMillis(20));
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        end.countDown();
        assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void an_interrupt_during_the_wait_ends_it_and_still_shuts_all_down() throws Exception {
        OriginClient own = OriginClient.own(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(1));
        ExecutorService executor = (ExecutorService) own.client().executor().orElseThrow();
        CountDownLatch end = new CountDownLatch(1);
        executor.execute(() -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait(); // ignores interrupts
                Thread.yield();
            }
        });
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread closer = Thread.ofPlatform().start(() -> {
            own.close(LONG);
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        closer.interrupt();
        closer.join();
        assertThat(interrupted.get()).isTrue();
        assertThat(executor.isShutdown()).isTrue();
        end.countDown();
        assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    private static int ask(HttpClient client, RawOrigin server) throws Exception {
        return client.send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.discarding())
                .statusCode();
    }

    /** Returns the selector thread of a client; the number in the client's name identifies it. */
    private static Thread selector(HttpClient client) {
        String name = client.toString().replaceAll(".*\\((\\d+)\\).*", "HttpClient-$1-SelectorManager");
        Map<String, Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .collect(Collectors.toMap(Thread::getName, thread -> thread, (one, two) -> one));
        assertThat(threads).containsKey(name);
        return threads.get(name);
    }
}
