package dev.fetchonce.internal.engine;

import java.net.http.HttpHeaders;

/**
 * What decides by a head what is done with the body. It must be pure and must not throw: the JDK's client would leave the
 * connection open for good.
 */
@FunctionalInterface
interface HeadRule {
    /** Every body whole, or none. */
    HeadRule WHOLE_OR_REFUSED = (status, headers) -> Intake.REFUSE_LONGER;

    /** What is done with the body of a response with this status and these fields. */
    Intake intake(int status, HttpHeaders headers);
}
