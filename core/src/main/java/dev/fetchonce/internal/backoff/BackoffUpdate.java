package dev.fetchonce.internal.backoff;

import dev.fetchonce.internal.http.failure.Failure;
import java.util.OptionalLong;

/** The effect of one fetch on the places that it asked. */
public sealed interface BackoffUpdate {
    /** The origin has answered, which ends the backoffs. */
    record Answered() implements BackoffUpdate {}

    /**
     * The origin has failed.
     *
     * @param covered whether a stored response stands in for such a failure. If so, the failure counts; otherwise each
     *     call that gets the stored response would send a request
     * @param requested the wait that the origin requests, in nanoseconds, if it requests one
     * @param stored whether a stored response may stand in
     */
    record Failed(Failure failure, boolean covered, OptionalLong requested, boolean stored) implements BackoffUpdate {}

    /** The fetch reveals nothing about the origin. */
    record Unchanged() implements BackoffUpdate {}
}
