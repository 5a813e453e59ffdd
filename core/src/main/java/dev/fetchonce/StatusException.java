package dev.fetchonce;

import dev.fetchonce.internal.http.failure.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The origin answered with a status code that is no success. {@link #status()} is always present and {@link #reason()} is
 * {@link Reason#STATUS}.
 *
 * <p>408, 429 and 5xx are thrown only where no stored answer could stand in; other codes are the origin's answer and are
 * always thrown. 401, 403, 404, 410 and 451 also drop what was stored.
 */
public final class StatusException extends FetchException {
    private static final long serialVersionUID = 1L;

    StatusException(Failure failure, @Nullable Instant nextAttempt) {
        super(failure, nextAttempt);
    }
}
