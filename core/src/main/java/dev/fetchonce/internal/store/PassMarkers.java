package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/**
 * Where answers are for one caller each, as far as is known: who asks there need not wait for another's answer. A marker is
 * forgotten after a while, and when an answer comes that can be kept. Bounded; thread-safe.
 */
public final class PassMarkers {
    private static final long LIFE = Duration.ofSeconds(10).toNanos();
    private static final int MAXIMUM = 10_000;

    /** By the text of a key, the moment when its marker ends, on the cache's monotonic clock. */
    private final Cache<String, Long> ends =
            Caffeine.newBuilder().maximumSize(MAXIMUM).executor(Runnable::run).build();

    /** Remembers it. */
    public void mark(String text, long now) {
        ends.put(text, now + LIFE);
    }

    /** Whether it is remembered. */
    public boolean marked(String text, long now) {
        Long end = ends.getIfPresent(text);
        return end != null && end - now > 0;
    }

    /** Forgets it. */
    public void clear(String text) {
        ends.invalidate(text);
    }
}
