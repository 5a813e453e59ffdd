package dev.fetchonce;

import dev.fetchonce.internal.http.failure.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer did not come in time. {@link #reason()} tells whose time it was: the exchange's ({@link Reason#TIMEOUT}), this
 * caller's ({@link Reason#PATIENCE}), or that of the queue for a connection ({@link Reason#BUSY}).
 */
public final class FetchTimeoutException extends FetchException {
    private static final long serialVersionUID = 1L;

    FetchTimeoutException(Failure failure, @Nullable Instant nextAttempt) {
        super(failure, nextAttempt);
    }
}
