package dev.fetchonce.internal.http.failure;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.ExchangeLimit.Bound;
import java.util.OptionalLong;

/**
 * The rule for the longest time of an exchange, which adapts to the URL. An exchange that a stored response can stand
 * in for ends soon; another one may take longer, as its callers would get nothing. A time-out doubles the time of the
 * next exchange, and a slow response leaves room for twice its time. Pure functions; all times are in nanoseconds.
 *
 * @param usual the longest time of an exchange that a stored response can stand in for; more than zero
 * @param longest the longest time of any exchange; at least the usual time, and at most 2<sup>62</sup>
 */
public record AdaptiveTimeout(long usual, long longest) {
    /**
     * Checks the two times.
     *
     * @throws IllegalArgumentException when a time is out of its bounds
     */
    public AdaptiveTimeout {
        if (usual <= 0 || longest < usual || longest > Deadline.LONGEST) {
            throw new IllegalArgumentException("a timeout from " + usual + " to " + longest
                    + " ns: the usual time must be more than zero, and the longest at least the usual time and at most "
                    + Deadline.LONGEST);
        }
    }

    /**
     * Returns the limit of the next exchange of a URL.
     *
     * @param standsIn whether a stored response can stand in for the response of that exchange
     * @param learned the time that the exchanges of the URL have taught; empty when the usual time is enough
     */
    public ExchangeLimit limit(boolean standsIn, OptionalLong learned) {
        long nanos = standsIn ? Math.clamp(learned.orElse(usual), usual, longest) : longest;
        Bound bound = nanos == usual ? Bound.TIMEOUT : nanos == longest ? Bound.FIRST_TIMEOUT : Bound.LEARNED;
        return new ExchangeLimit(nanos, bound);
    }

    /**
     * Returns the time that a time-out teaches: twice the time that the exchange had, and no less than was known.
     *
     * @param before the time that was known before; empty when the usual time was enough
     * @param had the time that the exchange had
     * @return the time for the next exchange; empty when the usual time is enough
     */
    public OptionalLong afterTimeout(OptionalLong before, long had) {
        return learned(Math.max(twice(had), before.orElse(0)));
    }

    /**
     * Returns the time that a complete response teaches: twice the time that it took.
     *
     * @return the time for the next exchange; empty when the usual time is enough
     */
    public OptionalLong afterResponse(long took) {
        return learned(twice(took));
    }

    private long twice(long nanos) {
        return nanos > longest / 2 ? longest : 2 * nanos;
    }

    private OptionalLong learned(long nanos) {
        return nanos > usual ? OptionalLong.of(nanos) : OptionalLong.empty();
    }
}
