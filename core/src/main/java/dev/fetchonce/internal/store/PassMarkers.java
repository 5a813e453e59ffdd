package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * The markers of keys whose responses serve one caller each. A caller of a marked key need not wait for the response of
 * another caller. A marker ends after ten seconds, or when a storable response comes. Bounded to 10,000 markers;
 * thread-safe.
 */
public final class PassMarkers {
    private static final long LIFETIME = Duration.ofSeconds(10).toNanos();
    private static final int MAXIMUM = 10_000;

    /** The end of each marker, by the text of its key, on the cache's monotonic clock. */
    private final Cache<String, Long> ends =
            Caffeine.newBuilder().maximumSize(MAXIMUM).executor(Runnable::run).build();

    /** Marks the key with this text, for ten seconds after {@code now}. */
    public void mark(String text, long now) {
        ends.put(text, now + LIFETIME);
    }

    /** Returns whether the key with this text is marked at {@code now}. */
    public boolean marked(String text, long now) {
        Long end = ends.getIfPresent(text);
        return end != null && end - now > 0;
    }

    /** Removes the marker of the key with this text. */
    public void clear(String text) {
        ends.invalidate(text);
    }
}
