package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.message.ConnectionInfo;
import java.net.http.HttpHeaders;

/**
 * The listener of a request for a part of a response that bypasses the cache; it brings the cache the part received.
 */
@FunctionalInterface
public interface PartListener {
    /**
     * Records a 206 whose body has arrived in full.
     *
     * @param headers its fields
     * @param connection the connection over which it came
     * @param body its bytes; the cache takes them over
     */
    void landed(HttpHeaders headers, ConnectionInfo connection, byte[] body);
}
