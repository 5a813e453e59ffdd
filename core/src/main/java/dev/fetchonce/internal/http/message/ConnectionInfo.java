package dev.fetchonce.internal.http.message;

import java.net.http.HttpClient;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The connection that carried a response.
 *
 * @param version the version of HTTP
 * @param session the TLS session, or null for a connection without TLS
 */
public record ConnectionInfo(
        HttpClient.Version version, @Nullable SSLSession session) {
    /** HTTP/1.1 in clear text. */
    public static final ConnectionInfo PLAIN = new ConnectionInfo(HttpClient.Version.HTTP_1_1, null);
}
