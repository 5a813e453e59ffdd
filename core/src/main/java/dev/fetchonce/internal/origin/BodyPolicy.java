package dev.fetchonce.internal.origin;

import java.net.http.HttpHeaders;

/**
 * A rule that chooses the treatment of a body by the head of its response. It must be pure and must not throw:
 * otherwise the JDK's client would leave the connection open for good.
 */
@FunctionalInterface
public interface BodyPolicy {
    /** Returns the treatment of the body of a response with this status and these fields. */
    BodyMode mode(int status, HttpHeaders headers);
}
