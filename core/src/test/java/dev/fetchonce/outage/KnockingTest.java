package dev.fetchonce.outage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An origin that refuses connections and comes back. The waits of the backoff are minutes, so only a knock explains that
 * a cache notices it.
 */
class KnockingTest {
    private static final Duration MINUTES = Duration.ofMinutes(5);

    /** Keeps the client from an idle connection, which breaks with the origin: only refused connections are wanted. */
    private static final String CLOSE = "Connection: close";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin().json("/a", "[1]", CLOSE).json("/b", "[2]", CLOSE);

    private HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return given.withBackoff(b -> options.apply(b.ttl(Duration.ZERO)
                .timeout(Duration.ofSeconds(30))
                .patience(Duration.ofSeconds(40))
                .backoff(MINUTES, MINUTES)));
    }

    private HttpCache cache() {
        return cache(b -> b);
    }

    private static boolean knocks() {
        return Invariants.threads().values().stream().anyMatch(name -> name.startsWith("fetchonce-knock"));
    }

    /** Brings a cache with a stored response to its first held call. */
    private void outage(HttpCache cache, String url, FakeOrigin down) throws Exception {
        assertThat(cache.fetch(url).stale()).isFalse();
        down.down();
        assertThat(cache.fetch(url).served()).isEqualTo(Served.STALE_ERROR);
        assertThat(cache.fetch(url).served()).isEqualTo(Served.STALE_BACKOFF);
    }

    private void awaitFresh(HttpCache cache, String url) {
        Await.until("the cache has noticed that the origin works", () -> {
            CachedResponse page = cache.fetch(url);
            return !page.stale();
        });
    }

    @Test
    void origin_that_listens_again_is_asked_before_the_wait_of_the_backoff_ends() throws Exception {
        HttpCache cache = cache();
        outage(cache, origin.url("/a"), origin);
        int asked = origin.requests();
        origin.json("/a", "[3]", CLOSE).up();
        awaitFresh(cache, origin.url("/a"));
        assertThat(cache.get(origin.url("/a"))).hasToString("[3]");
        assertThat(origin.requests()).isGreaterThan(asked);
        Await.until("the knocking is over", () -> !knocks());
    }

    @Test
    void knock_is_a_connection_without_a_request() throws Exception {
        HttpCache cache = cache();
        outage(cache, origin.url("/a"), origin);
        int asked = origin.requests();
        int accepted = origin.accepted();
        origin.up();
        Await.until("a knock has come", () -> origin.accepted() > accepted);
        assertThat(origin.requests()).isEqualTo(asked);
        assertThat(cache.stats().failures().get(Reason.CONNECT)).isEqualTo(1);
    }

    @Test
    void thread_of_a_knocking_is_named_by_host_and_port() throws Exception {
        HttpCache cache = cache();
        outage(cache, origin.url("/a?" + Invariants.SECRET), origin);
        String name = "fetchonce-knock 127.0.0.1:" + origin.port();
        Await.until("the thread has its name", () -> {
            cache.fetch(origin.url("/a?" + Invariants.SECRET));
            return Invariants.threads().containsValue(name);
        });
    }

    @Test
    void answered_knock_lets_all_urls_of_the_host_go() throws Exception {
        HttpCache cache = cache();
        assertThat(cache.fetch(origin.url("/b")).stale()).isFalse();
        outage(cache, origin.url("/a"), origin);
        assertThat(cache.fetch(origin.url("/b")).served()).isEqualTo(Served.STALE_BACKOFF);
        origin.up();
        awaitFresh(cache, origin.url("/b"));
        awaitFresh(cache, origin.url("/a"));
    }

    @Test
    void caller_that_waits_for_a_first_answer_wakes_by_the_knock() throws Exception {
        origin.down();
        HttpCache cache = cache(b -> b.waitForFirst(Duration.ofHours(1)));
        FutureTask<String> first =
                new FutureTask<>(() -> cache.get(origin.url("/a")).toString());
        Thread.ofVirtual().start(first);
        Await.until("the host gets knocks", KnockingTest::knocks);
        assertThat(first.isDone()).isFalse();
        origin.up();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("[1]");
    }

    @Test
    void host_of_an_https_url_gets_a_connection_without_a_byte() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        String url = "https://127.0.0.1:" + port + "/a";
        HttpCache cache = cache();
        for (int i = 0; i < 3; i++) { // the first failure starts no wait, as nothing is stored
            assertThat(failure(cache, url).reason()).isEqualTo(Reason.CONNECT);
        }
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            FutureTask<Integer> knock = new FutureTask<>(() -> firstByte(server));
            Thread.ofVirtual().start(knock);
            for (int i = 0; !knock.isDone() && i < 2; i++) { // a probe comes only after the knock
                failure(cache, url);
            }
            assertThat(knock.get(20, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    private static int firstByte(ServerSocket server) throws IOException {
        try (Socket socket = server.accept()) {
            return socket.getInputStream().read();
        }
    }

    private static FetchException failure(HttpCache cache, String url) {
        return catchThrowableOfType(FetchException.class, () -> cache.fetch(url));
    }

    /**
     * Checks that a cache does not knock while another cache, with a knocking, notices that its origin has come back
     * several times.
     */
    private void assertNoKnock(Callable<Boolean> held) throws Exception {
        HttpCache other = cache();
        FakeOrigin beside = given.origin().json("/a", "[1]", CLOSE);
        for (int i = 0; i < 3; i++) {
            outage(other, beside.url("/a"), beside);
            beside.up();
            Await.until("the other cache has noticed it", () -> {
                assertThat(held.call()).isTrue();
                return !other.fetch(beside.url("/a")).stale();
            });
        }
        assertThat(held.call()).isTrue();
    }

    private Callable<Boolean> held(HttpCache cache, FakeOrigin down) {
        int accepted = down.accepted();
        return () -> cache.fetch(origin.url("/a")).served() == Served.STALE_BACKOFF && down.accepted() == accepted;
    }

    @Test
    void cache_without_knocking_waits_for_the_end_of_the_backoff() throws Exception {
        HttpCache cache = cache(b -> b.knocking(false));
        outage(cache, origin.url("/a"), origin);
        origin.up();
        assertNoKnock(held(cache, origin));
    }

    @Test
    void cache_with_a_client_of_the_application_does_not_knock() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        given.closing(client::shutdownNow);
        HttpCache cache = cache(b -> b.httpClient(client));
        outage(cache, origin.url("/a"), origin);
        origin.up();
        assertNoKnock(held(cache, origin));
    }

    @Test
    void origin_behind_a_proxy_and_its_proxy_get_no_knock() throws Exception {
        FakeOrigin proxy = given.origin().json(origin.url("/a"), "[1]", CLOSE);
        ProxySelector selector = ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port()));
        HttpCache cache = cache(b -> b.configureClient(client -> client.proxy(selector)));
        outage(cache, origin.url("/a"), proxy);
        proxy.up();
        assertNoKnock(held(cache, proxy));
        assertThat(origin.accepted()).isZero();
    }

    @Test
    void origin_that_no_caller_asks_gets_no_knock() throws Exception {
        HttpCache cache = cache();
        outage(cache, origin.url("/a"), origin);
        Await.until("the knocking is over", () -> !knocks());
        int accepted = origin.accepted();
        origin.up();
        assertNoKnock(() -> origin.accepted() == accepted);
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.STALE_BACKOFF);
        awaitFresh(cache, origin.url("/a"));
    }

    @Test
    void closed_cache_leaves_no_knocking() throws Exception {
        HttpCache cache = cache();
        outage(cache, origin.url("/a"), origin);
        assertThat(knocks()).isTrue();
        cache.close();
        assertThat(knocks()).isFalse();
    }

    @Test
    void knocking_beside_a_client_of_the_application_is_refused_where_it_is_demanded() {
        HttpClient client = HttpClient.newHttpClient();
        given.closing(client::shutdownNow);
        assertThatThrownBy(() ->
                        HttpCache.builder().httpClient(client).knocking(true).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("knocking(true) cannot be combined with httpClient");
        HttpCache.builder().httpClient(client).knocking(false).build().close();
    }
}
