package dev.fetchonce.internal.origin;

import java.net.http.HttpHeaders;

/**
 * What decides by a head what is done with the body. It must be pure and must not throw: the JDK's client would leave the
 * connection open for good.
 */
@FunctionalInterface
public interface BodyPolicy {
    /** Every body whole, or none. */
    BodyPolicy WHOLE_OR_REFUSED = (status, headers) -> BodyMode.REFUSE_LONGER;

    /** What is done with the body of a response with this status and these fields. */
    BodyMode intake(int status, HttpHeaders headers);
}
