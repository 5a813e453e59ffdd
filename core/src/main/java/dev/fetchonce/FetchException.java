package dev.fetchonce;

import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.Failure.Met;
import dev.fetchonce.internal.http.failure.Failure.Threw;
import dev.fetchonce.internal.http.failure.Failure.Unknown;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a call: the fetch failed, and no stale response could stand in.
 *
 * <p>When one fetch fails, every caller that waited for it gets an exception of its own, with its own stack. A message
 * names the origin, the failure and what the call waited for. It never contains a query string, a credential or a
 * header value.
 *
 * <p>The cause describes, as text, the exception that the fetch met. It is the exception itself only where code of the
 * application threw it: a function given to the builder, a type and its deserialisers, or a content decoder. That cause
 * has its own text and stack. All callers of the fetch share it, so it must not be changed. The cache keeps it as long
 * as the outcome: until the end of the fetch, or with a stored response that the type refuses. During a backoff the
 * cache remembers only its class.
 */
public sealed class FetchException extends IOException permits StatusException, FetchTimeoutException {
    private static final long serialVersionUID = 1L;

    /** The reason of the failure. */
    private final Reason reason;

    /** The status code, or 0 without a response. */
    private final int status;

    /** The earliest time of the next request, or null without a backoff. */
    private final @Nullable Instant nextAttempt;

    FetchException(Failure failure, @Nullable Instant nextAttempt) {
        super(failure.message(), cause(failure));
        this.reason = failure.reason();
        this.status = failure.status().orElse(0);
        this.nextAttempt = nextAttempt;
    }

    private static @Nullable Throwable cause(Failure failure) {
        return switch (failure.cause()) {
            case Unknown unknown -> null;
            case Met met -> new Description(String.join(": ", met.types()));
            case Threw threw -> threw.what();
        };
    }

    /** Returns the exception for one caller, without the time of a next attempt. */
    static FetchException of(Failure failure) {
        return of(failure, null);
    }

    /** Returns the exception for one caller. */
    static FetchException of(Failure failure, @Nullable Instant nextAttempt) {
        return switch (failure.reason()) {
            case STATUS -> new StatusException(failure, nextAttempt);
            case TIMEOUT, PATIENCE, BUSY -> new FetchTimeoutException(failure, nextAttempt);
            case CONNECT,
                    BROKEN,
                    PROTOCOL,
                    TOO_LARGE,
                    REDIRECT,
                    UNDECODABLE,
                    TOO_MANY_WAITERS,
                    CLOSED,
                    APPLICATION,
                    INTERNAL -> new FetchException(failure, nextAttempt);
        };
    }

    /**
     * Returns the reason of the failure.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns the status code of the origin.
     *
     * @return the code; empty when the failure is not a response of the origin
     */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /**
     * Returns the earliest time of the next request to the origin, on the wall clock. A call before that time gets its
     * outcome without a request.
     *
     * @return the time; empty when the next call may send a request
     */
    public Optional<Instant> nextAttempt() {
        return Optional.ofNullable(nextAttempt);
    }

    /**
     * A description of the exception that the fetch met. It takes no suppressed exceptions, so no caller can change it
     * for another.
     */
    private static final class Description extends Exception {
        private static final long serialVersionUID = 1L;

        Description(String text) {
            super(text, null, false, false);
        }
    }
}
