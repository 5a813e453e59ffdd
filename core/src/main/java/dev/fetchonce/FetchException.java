package dev.fetchonce;

import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.Failure.Met;
import dev.fetchonce.internal.http.failure.Failure.Threw;
import dev.fetchonce.internal.http.failure.Failure.Unknown;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a call: the fetch failed, and no stale response could stand in.
 *
 * <p>When one fetch fails, every caller that waited for it gets an exception of its own, with its own stack. A message
 * names the host and the path of the URL, the failure and what the call waited for. It never contains a query string, a
 * credential or a header value.
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

    /** The requested URL. */
    private final URI uri;

    /** The trouble of the URL, or null; a deserialised exception has lost it. */
    private final transient @Nullable Trouble trouble;

    FetchException(Failure failure, URI uri, @Nullable Trouble trouble) {
        super(failure.message(), cause(failure));
        this.reason = failure.reason();
        this.status = failure.status().orElse(0);
        this.uri = uri;
        this.trouble = trouble;
    }

    private static @Nullable Throwable cause(Failure failure) {
        return switch (failure.cause()) {
            case Unknown unknown -> null;
            case Met met -> new Description(String.join(": ", met.types()));
            case Threw threw -> threw.what();
        };
    }

    /**
     * Returns the exception for one caller.
     *
     * @param uri the requested URL
     */
    static FetchException of(Failure failure, URI uri, Optional<Trouble> known) {
        Trouble trouble = known.orElse(null);
        return switch (failure.reason()) {
            case STATUS -> new StatusException(failure, uri, trouble);
            case TIMEOUT, PATIENCE, BUSY -> new FetchTimeoutException(failure, uri, trouble);
            case CONNECT,
                    BROKEN,
                    PROTOCOL,
                    TOO_LARGE,
                    REDIRECT,
                    UNDECODABLE,
                    TOO_MANY_WAITERS,
                    CLOSED,
                    APPLICATION,
                    INTERNAL -> new FetchException(failure, uri, trouble);
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
     * Returns the URL that the call asked for, in its normal form. It has its query, which may hold secrets; the message
     * has none. Where a redirect led to the failure, the message names the URL that failed. For a failure to decode a
     * {@link CachedResponse}, this is the URL of the response.
     *
     * @return an absolute http or https URL without a fragment
     */
    public URI uri() {
        return uri;
    }

    /**
     * Returns the trouble of the URL when the call failed: since when, how often and why its fetches have failed, and the
     * time of the next request. A call before that time gets its outcome without a request. For an error status that the
     * cache remembers ({@link HttpCache.Builder#negativeTtl}) that time is not before the end of the memory.
     *
     * @return the trouble; empty when the failure is not one of the URL or its host, such as the end of the caller's
     *     patience during a first fetch, or an answer like 404. Empty also after serialisation
     */
    public Optional<Trouble> trouble() {
        return Optional.ofNullable(trouble);
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
