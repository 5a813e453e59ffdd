package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.message.ConnectionInfo;
import java.net.http.HttpHeaders;

/** A request for a part of a response, past the cache, of which the cache learns what came. */
@FunctionalInterface
public interface PartListener {
    /**
     * Takes note of a 206 that came to its end.
     *
     * @param headers its fields
     * @param transport over what it came
     * @param body its bytes; they become the cache's own
     */
    void landed(HttpHeaders headers, ConnectionInfo transport, byte[] body);
}
