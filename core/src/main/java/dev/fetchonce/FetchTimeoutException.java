package dev.fetchonce;

import dev.fetchonce.internal.http.failure.Failure;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A failure because no response arrived in time. {@link #reason()} says which time ended: that of the exchange
 * ({@link Reason#TIMEOUT}), the patience of the caller ({@link Reason#PATIENCE}), or the patience of the caller in the
 * queue for a connection ({@link Reason#BUSY}).
 */
public final class FetchTimeoutException extends FetchException {
    private static final long serialVersionUID = 1L;

    FetchTimeoutException(Failure failure, URI uri, @Nullable Trouble trouble) {
        super(failure, uri, trouble);
    }
}
