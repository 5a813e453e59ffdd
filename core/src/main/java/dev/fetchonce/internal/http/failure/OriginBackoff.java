package dev.fetchonce.internal.http.failure;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What has failed in a row at an origin, and the gate to all of its URLs once it is the origin that fails. Immutable. Where
 * nothing has failed there is none, and an answer from the origin leaves none.
 *
 * @param outage which URLs have failed
 * @param gate null while only single URLs fail
 */
public record OriginBackoff(OriginOutage outage, @Nullable BackoffState gate) {
    /**
     * The state of the origin after one of its URLs has failed; the parameters are those of {@link BackoffRule#failed}. The
     * first failure in a row closes nothing when there is nothing stored, but the third URL in a row is no first failure.
     *
     * @param before the state until now, or null
     * @param url without the partition
     * @return null when the failure is one that shows that the origin works, or nothing has failed
     */
    public static @Nullable OriginBackoff failed(
            @Nullable OriginBackoff before,
            String url,
            Failure failure,
            OptionalLong retryAfter,
            boolean stored,
            BackoffDelay backoff,
            double u,
            long now) {
        return switch (OriginOutage.sign(failure)) {
            case UNREACHABLE, TROUBLE -> {
                OriginOutage outage = (before == null ? OriginOutage.NONE : before.outage).failed(url, failure);
                BackoffState gate = before == null ? null : before.gate;
                boolean counts =
                        outage.widens(failure) || (gate != null && !(gate.hold() instanceof BackoffState.Counting));
                yield new OriginBackoff(
                        outage,
                        counts
                                ? BackoffRule.counted(
                                        gate, failure, retryAfter, stored || before != null, backoff, u, now)
                                : gate);
            }
            case ANSWERS -> null;
            case NOTHING -> before;
        };
    }

    /** The same state with another gate. */
    public OriginBackoff with(@Nullable BackoffState other) {
        return new OriginBackoff(outage, other);
    }
}
