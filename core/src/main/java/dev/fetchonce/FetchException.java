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
 * An answer could not be had, and there was no stale one to stand in for it.
 *
 * <p>When one fetch fails, every caller that waited for it gets an exception of its own, with its own stack. Messages name the
 * origin, what failed and what was waited for, and never a query string, a credential or a header value.
 *
 * <p>The cause describes, as text, the exception that the fetch met. Only what code of the application threw (functions given
 * to the builder, types and their deserialisers, content decoders) is the cause itself, with its text and its stack. All callers
 * of that fetch share this one, so it must not be changed. It is kept as long as the outcome that it belongs to: to the end of the
 * fetch, or with a stored response that the type refuses. While the origin is left alone, only its class is remembered.
 */
public sealed class FetchException extends IOException permits StatusException, FetchTimeoutException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    private final Reason reason;

    /** The status code, or 0 where no answer came. */
    private final int status;

    /** When the origin will be asked again at the earliest, or null when nothing holds it back. */
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

    /** The exception for one caller, whatever comes next. */
    static FetchException of(Failure failure) {
        return of(failure, null);
    }

    /** The exception for one caller. */
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
     * Why the answer could not be had.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * The status code with which the origin answered.
     *
     * @return the code; empty when the failure is not an answer of the origin's
     */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /**
     * When the origin will be asked again at the earliest; calls before then would be answered without asking it.
     *
     * @return the time on the wall clock; empty when the next call may ask
     */
    public Optional<Instant> nextAttempt() {
        return Optional.ofNullable(nextAttempt);
    }

    /** What the fetch met, as text; cannot be changed, so that nothing hung onto it reaches another caller. */
    private static final class Description extends Exception {
        private static final long serialVersionUID = 1L;

        Description(String text) {
            super(text, null, false, false);
        }
    }
}
