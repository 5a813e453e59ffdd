package dev.fetchonce.internal.http.caching;

/** Spreads the ends of lifetimes, so that responses that arrive together do not become stale together. A pure function. */
public final class Jitter {
    private Jitter() {}

    /**
     * Returns a lifetime that is shorter by a random amount.
     *
     * @param ttlNanos the whole lifetime, zero or more
     * @param fraction the largest part of it to take away, from 0 to 1; a value outside counts as the nearer bound
     * @param u a random number from 0 to 1
     * @return nanoseconds; never negative, never more than the whole lifetime
     */
    public static long ttl(long ttlNanos, double fraction, double u) {
        long cut = (long) (ttlNanos * (Math.clamp(fraction, 0.0, 1.0) * Math.clamp(u, 0.0, 1.0)));
        return ttlNanos - Math.min(cut, ttlNanos);
    }
}
