package dev.fetchonce.internal.backoff;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.OptionalLong;

/**
 * The timeouts that the exchanges of URLs have taught, by the texts of their keys. A URL whose usual timeout is enough
 * has no entry. The store may drop a timeout for want of room; the next exchange then has the usual one. An invalidation
 * drops no timeout, as a timeout describes the speed of the origin and not a response. Thread-safe. A look-up takes no
 * lock.
 */
public final class LearnedTimeouts {
    private final Cache<String, Long> nanos;

    /**
     * Makes an empty store.
     *
     * @param maximumEntries the maximum number of timeouts
     */
    public LearnedTimeouts(long maximumEntries) {
        this.nanos = Caffeine.newBuilder()
                .maximumSize(maximumEntries)
                .executor(Runnable::run)
                .build();
    }

    /** Returns the timeout of the key with this text, in nanoseconds; empty when the usual timeout is enough. */
    public OptionalLong get(String text) {
        Long learned = empty() ? null : nanos.getIfPresent(text);
        return learned == null ? OptionalLong.empty() : OptionalLong.of(learned);
    }

    /** Keeps the timeout of the key with this text, in nanoseconds; empty when the usual timeout is enough. */
    public void put(String text, OptionalLong learned) {
        if (learned.isPresent()) {
            nanos.put(text, learned.getAsLong());
        } else if (!empty()) {
            nanos.invalidate(text);
        }
    }

    private boolean empty() {
        return nanos.estimatedSize() == 0;
    }

    /** Returns the number of timeouts, once those without room are dropped. */
    long size() {
        nanos.cleanUp();
        return nanos.estimatedSize();
    }
}
