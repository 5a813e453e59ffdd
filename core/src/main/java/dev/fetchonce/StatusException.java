package dev.fetchonce;

import dev.fetchonce.internal.http.failure.Failure;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A failure because the origin answered with a status outside 2xx. {@link #status()} is always present and
 * {@link #reason()} is {@link Reason#STATUS}.
 *
 * <p>A call throws 408, 429 and 5xx only when no stored response could stand in. It always throws other statuses,
 * because they are the response of the origin. {@link HttpCache.Builder#staleIfStatus} changes these statuses. 401,
 * 403, 404, 410 and 451 also drop the stored response.
 */
public final class StatusException extends FetchException {
    private static final long serialVersionUID = 1L;

    StatusException(Failure failure, URI uri, @Nullable Trouble trouble) {
        super(failure, uri, trouble);
    }
}
