package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.internal.http.stored.Obstacle;
import java.util.EnumSet;
import java.util.Set;

/**
 * The memory of what the log has been told of answers that are not stored, so that it is told once and not with each fetch.
 * Bounded; thread-safe.
 */
public final class LoggedObstacles {
    private static final int MAXIMUM = 10_000;

    /** By URL what the log has been told since an answer was stored; the sets are not changed. */
    private final Cache<String, Set<Obstacle>> told =
            Caffeine.newBuilder().maximumSize(MAXIMUM).executor(Runnable::run).build();

    /** Whether the log has not been told of it; from now on it has. */
    public boolean isNew(String url, Obstacle why) {
        Set<Obstacle> known = told.getIfPresent(url);
        if (known != null && known.contains(why)) {
            return false;
        }
        boolean[] added = new boolean[1];
        told.asMap().compute(url, (key, before) -> {
            Set<Obstacle> both = before == null ? EnumSet.noneOf(Obstacle.class) : EnumSet.copyOf(before);
            added[0] = both.add(why);
            return both;
        });
        return added[0];
    }

    /** Forgets what was told of a URL, as an answer of it is stored. */
    public void clear(String url) {
        told.invalidate(url);
    }
}
