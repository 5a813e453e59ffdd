package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.failure.Failure;
import java.util.OptionalLong;

/** The effect of one fetch on the backoffs of its URL and of its origin. */
sealed interface BackoffUpdate {
    /** The origin has answered, which ends both backoffs. */
    record Answered() implements BackoffUpdate {}

    /**
     * The origin has failed.
     *
     * @param covered whether a stored response stands in for such a failure. If so, the failure counts; otherwise each
     *     call that gets the stored response would send a request
     * @param retryAfter the wait that the origin asked for, in nanoseconds
     * @param stored whether a stored response may stand in
     */
    record Failed(Failure failure, boolean covered, OptionalLong retryAfter, boolean stored) implements BackoffUpdate {}

    /** The fetch reveals nothing about the origin. */
    record Unchanged() implements BackoffUpdate {}
}
