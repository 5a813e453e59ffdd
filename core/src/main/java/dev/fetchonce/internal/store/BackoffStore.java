package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The store of the backoffs, bounded in number: those of URLs by the texts of their keys, and those of origins. The
 * store may drop a backoff for want of room, or after a long time without a change. A fetch then goes out, which costs
 * one request. Thread-safe. A look-up of a URL or an origin without a backoff takes no lock.
 */
public final class BackoffStore {
    private static final Duration LEAST_MEMORY = Duration.ofMinutes(1);

    /**
     * The memory of a backoff, in multiples of the longest wait. It covers the wait itself, and then the time for which
     * the number of consecutive failures counts.
     */
    private static final int WAITS_REMEMBERED = 4;

    private final long maximumEntries;
    private final Cache<String, BackoffState> ofKeys;
    private final Cache<String, OriginBackoff> ofOrigins;
    private final BackoffPlaces<BackoffState> keys;
    private final BackoffPlaces<OriginBackoff> origins;

    /**
     * Makes an empty store.
     *
     * @param maximumEntries the maximum number of backoffs of keys, and also of origins
     * @param longestNanos the longest wait of a backoff, in nanoseconds: the maximum of the backoff, or the time after
     *     which a probe is overdue where that is longer. The store remembers a backoff for four times that after its
     *     last change, and for at least a minute
     * @param ticker the cache's monotonic clock, in nanoseconds; it may be a coarse clock
     */
    public BackoffStore(long maximumEntries, long longestNanos, LongSupplier ticker) {
        this.maximumEntries = maximumEntries;
        Duration memory = memory(longestNanos);
        this.ofKeys = bounded(maximumEntries, memory, ticker).build();
        this.ofOrigins = bounded(maximumEntries, memory, ticker).build();
        this.keys = new BackoffPlaces<>(ofKeys, backoff -> backoff, BackoffStore::second);
        this.origins = new BackoffPlaces<>(ofOrigins, OriginBackoff::backoff, OriginBackoff::with);
    }

    /** Returns the backoffs of keys, by their texts. */
    public BackoffPlaces<BackoffState> keys() {
        return keys;
    }

    /** Returns the states of origins, by their names. */
    public BackoffPlaces<OriginBackoff> origins() {
        return origins;
    }

    /** Returns whether the store holds no backoff at all; a look-up is then superfluous. */
    public boolean empty() {
        return ofKeys.estimatedSize() == 0 && ofOrigins.estimatedSize() == 0;
    }

    /**
     * Removes the backoffs of all keys of the matching URLs. It walks all backoffs, which are few where few URLs fail.
     */
    public void removeIf(Predicate<String> test) {
        if (ofKeys.estimatedSize() > 0) {
            ofKeys.asMap().keySet().removeIf(text -> test.test(url(text)));
        }
    }

    /** Returns a copy of the URLs that have a backoff under any key. */
    public Set<String> urls() {
        Set<String> all = new HashSet<>();
        ofKeys.asMap().keySet().forEach(text -> all.add(url(text)));
        return all;
    }

    private static String url(String text) {
        int blank = text.indexOf(' '); // a URL holds no blank; the partition follows the first blank
        return blank < 0 ? text : text.substring(0, blank);
    }

    /** Returns the backoff that takes the place of another one. */
    private static @Nullable BackoffState second(BackoffState before, @Nullable BackoffState after) {
        return after;
    }

    private static Duration memory(long longestNanos) {
        long nanos =
                longestNanos > Deadline.LONGEST / WAITS_REMEMBERED ? Deadline.LONGEST : longestNanos * WAITS_REMEMBERED;
        Duration memory = Duration.ofNanos(nanos);
        return memory.compareTo(LEAST_MEMORY) < 0 ? LEAST_MEMORY : memory;
    }

    private static Caffeine<Object, Object> bounded(long maximumEntries, Duration memory, LongSupplier ticker) {
        return Caffeine.newBuilder()
                .maximumSize(maximumEntries)
                .expireAfterWrite(memory)
                .ticker(ticker::getAsLong)
                .executor(Runnable::run);
    }

    /**
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants() {
        keys.checkInvariants(maximumEntries);
        origins.checkInvariants(maximumEntries);
        ofOrigins.asMap().values().forEach(state -> {
            if (state.outage().urls().isEmpty()) {
                throw new IllegalStateException("the store holds an origin without a failed URL");
            }
        });
    }
}
