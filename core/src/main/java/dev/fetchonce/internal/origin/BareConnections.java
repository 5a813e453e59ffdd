package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.backoff.Knocks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bare TCP connections to hosts. Such a connection takes the address that the JDK's client takes, which is the first
 * one of the host's name, and sends nothing, not even for https. Thread-safe.
 */
final class BareConnections implements Knocks {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<@Nullable ProxySelector> proxies;

    /**
     * Makes connections beside a client.
     *
     * @param proxies returns the selector of proxies of the client, or null where it uses no proxy
     */
    BareConnections(Supplier<@Nullable ProxySelector> proxies) {
        this.proxies = proxies;
    }

    @Override
    public boolean areDirect(URI uri) {
        ProxySelector selector = proxies.get();
        if (selector == null) {
            return true;
        }
        try {
            List<Proxy> chosen = selector.select(uri);
            return chosen.isEmpty() || chosen.getFirst().type() == Proxy.Type.DIRECT;
        } catch (RuntimeException e) { // the client meets the exception as well, and its fetch fails
            return false;
        }
    }

    @Override
    public boolean answered(URI uri) {
        // A channel, as a plain Socket may go through a SOCKS proxy, which the client does not use.
        try (SocketChannel channel = SocketChannel.open()) {
            InetSocketAddress address = new InetSocketAddress(uri.getHost(), Knocks.port(uri));
            channel.socket().connect(address, (int) CONNECT_TIMEOUT.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
