package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bare TCP connections, which show whether a host listens. */
class BareConnectionsTest {
    private static final URI URL = URI.create("http://origin.test/a?secret");
    private static final SocketAddress ADDRESS = InetSocketAddress.createUnresolved("proxy.test", 3128);

    private final BareConnections direct = new BareConnections(() -> null);

    /** A selector of the application. */
    enum Selector {
        NOTHING(true),
        DIRECT(true),
        DIRECT_FIRST(true),
        HTTP(false),
        HTTP_FIRST(false),
        SOCKS(false),
        NULL(false),
        THROWS(false);

        final boolean direct;

        Selector(boolean direct) {
            this.direct = direct;
        }

        private List<Proxy> chosen() {
            Proxy http = new Proxy(Proxy.Type.HTTP, ADDRESS);
            return switch (this) {
                case NOTHING -> List.of();
                case DIRECT -> List.of(Proxy.NO_PROXY);
                case DIRECT_FIRST -> List.of(Proxy.NO_PROXY, http);
                case HTTP -> List.of(http);
                case HTTP_FIRST -> List.of(http, Proxy.NO_PROXY);
                case SOCKS -> List.of(new Proxy(Proxy.Type.SOCKS, ADDRESS));
                case NULL -> null;
                case THROWS -> throw new IllegalStateException("a selector with a bug");
            };
        }

        ProxySelector selector() {
            return new ProxySelector() {
                @Override
                public List<Proxy> select(URI uri) {
                    assertThat(uri).isEqualTo(URL);
                    return chosen();
                }

                @Override
                public void connectFailed(URI uri, SocketAddress address, IOException e) {}
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void requests_are_direct_unless_a_proxy_is_chosen(Selector selector) {
        assertThat(new BareConnections(selector::selector).areDirect(URL)).isEqualTo(selector.direct);
    }

    @Test
    void requests_are_direct_without_a_selector() {
        assertThat(direct.areDirect(URL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void listening_host_gets_a_connection_without_a_byte(String scheme) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertThat(direct.answered(URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/a")))
                    .isTrue();
            try (Socket knock = server.accept()) {
                assertThat(knock.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void address_of_ipv6_is_knocked_at() throws IOException {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getByAddress(loopback))) {
            assertThat(direct.answered(URI.create("http://[::1]:" + server.getLocalPort() + "/a")))
                    .isTrue();
        }
    }

    @Test
    void closed_port_does_not_answer() throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertThat(direct.answered(URI.create("http://127.0.0.1:" + port + "/a")))
                .isFalse();
    }

    @Test
    void unknown_name_does_not_answer() {
        String tooLong = "a".repeat(64); // no resolver asks for such a label
        assertThat(direct.answered(URI.create("http://" + tooLong + ".invalid/a")))
                .isFalse();
    }

    @Test
    void interrupted_knock_does_not_answer_and_keeps_the_interrupt() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.currentThread().interrupt();
            boolean answered = direct.answered(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/a"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(answered).isFalse();
        }
    }

    @Test
    void only_a_client_of_our_own_has_knocks() {
        HttpClient given = HttpClient.newHttpClient();
        assertThat(OriginClient.given(given).knocks()).isEmpty();
        OriginClient own =
                OriginClient.own(Optional.empty(), b -> b.proxy(Selector.HTTP.selector()), Duration.ofSeconds(1));
        assertThat(own.knocks().orElseThrow().areDirect(URL)).isFalse();
        OriginClient plain = OriginClient.own(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(1));
        assertThat(plain.knocks().orElseThrow().areDirect(URL)).isTrue();
        own.close(Duration.ofSeconds(20));
        plain.close(Duration.ofSeconds(20));
        given.shutdownNow();
    }
}
