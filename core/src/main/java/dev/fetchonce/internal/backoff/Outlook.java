package dev.fetchonce.internal.backoff;

import dev.fetchonce.internal.http.failure.BackoffState;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The outlook on the next request of a caller. All times are on the cache's monotonic clock. */
public sealed interface Outlook {
    /** Returns the failures of the places that concern the caller, or null where nothing has failed. */
    @Nullable
    BackoffState trouble();

    /** Returns the time before which no request may go; empty when a request may go now. */
    default OptionalLong heldUntil() {
        return OptionalLong.empty();
    }

    /** Reports whether no request may go now. */
    default boolean forbids() {
        return heldUntil().isPresent();
    }

    /** Nothing has failed, or no backoff concerns the caller. */
    record Clear() implements Outlook {
        @Override
        public @Nullable BackoffState trouble() {
            return null;
        }
    }

    /**
     * Any request may go, as backoffs are turned off: failures are only counted.
     *
     * @param trouble the failures
     */
    record Counted(BackoffState trouble) implements Outlook {}

    /**
     * A request may go, to look whether the trouble is over.
     *
     * @param trouble the failures
     */
    record Due(BackoffState trouble) implements Outlook {}

    /**
     * No request may go now.
     *
     * @param trouble the failures
     * @param until the time at which a request may go
     */
    record Held(BackoffState trouble, long until) implements Outlook {
        @Override
        public OptionalLong heldUntil() {
            return OptionalLong.of(until);
        }
    }

    /**
     * The URL has not failed, but other URLs of its host have: a request may go in its turn.
     *
     * @param trouble the failures of the host
     * @param from the earliest time of the turn
     */
    record InTurn(BackoffState trouble, long from) implements Outlook {
        @Override
        public OptionalLong heldUntil() {
            return OptionalLong.of(from);
        }
    }
}
