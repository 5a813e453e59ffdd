package dev.fetchonce.internal.origin;

import java.net.http.HttpHeaders;

/**
 * A rule that chooses the treatment of a body by the head of its response. It must be pure and must not throw:
 * otherwise the JDK's client would leave the connection open for good.
 */
@FunctionalInterface
public interface BodyPolicy {
    /** The rule that gathers every body whole, and refuses a body longer than the limit. */
    BodyPolicy WHOLE_OR_REFUSED = (status, headers) -> BodyMode.REFUSE_LONGER;

    /** Returns the treatment of the body of a response with this status and these fields. */
    BodyMode mode(int status, HttpHeaders headers);
}
