package dev.fetchonce.internal.http.caching;

/** Spreads the ends of lifetimes, so that what came together does not go stale together. A pure function. */
public final class Jitter {
    private Jitter() {}

    /**
     * A lifetime that is shorter by chance.
     *
     * @param ttlNanos the whole lifetime, zero or more
     * @param fraction how much of it at most is taken away, from 0 to 1; what lies outside is taken as the nearer of the two
     * @param u a random number from 0 to 1
     * @return nanoseconds; never negative, never more than the whole
     */
    public static long ttl(long ttlNanos, double fraction, double u) {
        long cut = (long) (ttlNanos * (Math.clamp(fraction, 0.0, 1.0) * Math.clamp(u, 0.0, 1.0)));
        return ttlNanos - Math.min(cut, ttlNanos);
    }
}
