package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.internal.http.stored.Obstacle;
import java.util.EnumSet;
import java.util.Set;

/**
 * The memory of the logged obstacles of responses that are not storable. It lets the log name an obstacle once, and not
 * with each fetch. Bounded to 10,000 URLs; thread-safe.
 */
public final class LoggedObstacles {
    private static final int MAXIMUM = 10_000;

    /** The obstacles of each URL that were logged since a response was stored; no code changes these sets. */
    private final Cache<String, Set<Obstacle>> logged =
            Caffeine.newBuilder().maximumSize(MAXIMUM).executor(Runnable::run).build();

    /** Returns whether the obstacle of this URL was not logged before, and records it as logged. */
    public boolean isNew(String url, Obstacle why) {
        Set<Obstacle> known = logged.getIfPresent(url);
        if (known != null && known.contains(why)) {
            return false;
        }
        boolean[] added = new boolean[1];
        logged.asMap().compute(url, (key, before) -> {
            Set<Obstacle> both = before == null ? EnumSet.noneOf(Obstacle.class) : EnumSet.copyOf(before);
            added[0] = both.add(why);
            return both;
        });
        return added[0];
    }

    /** Forgets the logged obstacles of a URL; called when a response of it is stored. */
    public void clear(String url) {
        logged.invalidate(url);
    }
}
