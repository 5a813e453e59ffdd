package dev.fetchonce.internal.http.failure;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The consecutive failures of an origin, and the backoff state for all of its URLs once the origin itself fails.
 * Immutable. An origin without a failure has no such value, and a response from the origin removes it.
 *
 * @param outage the URLs that have failed
 * @param backoff the backoff state of the origin; null while only single URLs fail
 */
public record OriginBackoff(OriginOutage outage, @Nullable BackoffState backoff) {
    /**
     * Returns the state of the origin after one of its URLs has failed; the parameters are those of
     * {@link BackoffRule#failed}. Without a stored response the first consecutive failure starts no wait. The third
     * failed URL in a row is not a first failure.
     *
     * @param before the state until now, or null
     * @param url without the partition
     * @return null when the failure shows that the origin works, or when the origin has no failure
     */
    public static @Nullable OriginBackoff failed(
            @Nullable OriginBackoff before,
            String url,
            Failure failure,
            OptionalLong retryAfter,
            boolean stored,
            BackoffDelay delay,
            double u,
            long now) {
        return switch (OriginOutage.sign(failure)) {
            case UNREACHABLE, FAULT -> {
                OriginOutage outage = (before == null ? OriginOutage.NONE : before.outage).failed(url, failure);
                BackoffState backoff = before == null ? null : before.backoff;
                boolean counts = outage.widens(failure)
                        || (backoff != null && !(backoff.phase() instanceof BackoffState.Counting));
                yield new OriginBackoff(
                        outage,
                        counts
                                ? BackoffRule.counted(
                                        backoff, failure, retryAfter, stored || before != null, delay, u, now)
                                : backoff);
            }
            case ANSWERS -> null;
            case NOTHING -> before;
        };
    }

    /** Returns this value with another backoff state. */
    public OriginBackoff with(@Nullable BackoffState other) {
        return new OriginBackoff(outage, other);
    }
}
