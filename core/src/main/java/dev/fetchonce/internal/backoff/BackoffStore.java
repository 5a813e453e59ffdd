package dev.fetchonce.internal.backoff;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The store of the backoffs, bounded in number: those of URLs by the texts of their keys, those of origins, and those of
 * users at an origin. The store may drop a backoff for want of room, or after a long time without a change. A fetch then
 * goes out, which costs one request. Thread-safe. A look-up of a place without a backoff takes no lock.
 */
final class BackoffStore {
    /**
     * The memory of a backoff after its wait. A failed URL of a sick host may not ask again for long, and must not count
     * as a URL that has not failed. A URL whose user waits for an hour keeps its count.
     */
    private static final Duration MEMORY = Duration.ofHours(2);

    private final long maximumEntries;
    private final Cache<String, BackoffState> ofKeys;
    private final Cache<String, OriginBackoff> ofOrigins;
    private final Cache<String, BackoffState> ofUsers;
    private final BackoffPlaces<BackoffState> keys;
    private final BackoffPlaces<OriginBackoff> origins;
    private final BackoffPlaces<BackoffState> users;

    /**
     * Makes an empty store.
     *
     * @param maximumEntries the maximum number of backoffs of each kind
     * @param now the cache's monotonic clock, in nanoseconds
     */
    BackoffStore(long maximumEntries, LongSupplier now) {
        this.maximumEntries = maximumEntries;
        this.ofKeys = bounded(BackoffState::heldUntil, now);
        this.ofOrigins = bounded(OriginBackoff::heldUntil, now);
        this.ofUsers = bounded(BackoffState::heldUntil, now);
        this.keys = new BackoffPlaces<>(ofKeys);
        this.origins = new BackoffPlaces<>(ofOrigins);
        this.users = new BackoffPlaces<>(ofUsers);
    }

    /** Returns the backoffs of keys, by their texts. */
    BackoffPlaces<BackoffState> keys() {
        return keys;
    }

    /** Returns the states of origins, by their names. */
    BackoffPlaces<OriginBackoff> origins() {
        return origins;
    }

    /** Returns the backoffs of users at an origin, by the names of both. */
    BackoffPlaces<BackoffState> users() {
        return users;
    }

    /**
     * Returns whether the store holds no backoff at all; a look-up is then superfluous. The answer may lag behind
     * changes that other threads are making.
     */
    boolean empty() {
        return ofKeys.estimatedSize() == 0 && ofOrigins.estimatedSize() == 0 && ofUsers.estimatedSize() == 0;
    }

    /** Returns the keys of the matching URLs. It walks all backoffs, which are few where few URLs fail. */
    Set<String> keysOf(Predicate<String> urls) {
        Set<String> found = new HashSet<>();
        ofKeys.asMap().keySet().stream()
                .filter(text -> urls.test(BackoffKey.urlOf(text)))
                .forEach(found::add);
        return found;
    }

    /** Returns a copy of the URLs that have a backoff under any key. */
    Set<String> urls() {
        Set<String> all = new HashSet<>();
        ofKeys.asMap().keySet().forEach(text -> all.add(BackoffKey.urlOf(text)));
        return all;
    }

    /** Returns a copy of the names of the origins that have a state. */
    Set<String> originNames() {
        return Set.copyOf(ofOrigins.asMap().keySet());
    }

    /** Returns the number of origins whose host holds back its URLs now. */
    int originsHeld(long now) {
        int held = 0;
        for (OriginBackoff origin : ofOrigins.asMap().values()) {
            if (origin.holds(now)) {
                held++;
            }
        }
        return held;
    }

    private <S> Cache<String, S> bounded(ToLongFunction<S> heldUntil, LongSupplier now) {
        return Caffeine.newBuilder()
                .maximumSize(maximumEntries)
                .expireAfter(Expiry.<String, S>writing((place, state) ->
                        MEMORY.plusNanos(Math.max(0, heldUntil.applyAsLong(state) - now.getAsLong()))))
                .ticker(now::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants() {
        for (Cache<String, ?> states : Set.of(ofKeys, ofOrigins, ofUsers)) {
            states.cleanUp();
            if (states.estimatedSize() > maximumEntries) {
                throw new IllegalStateException("the store holds more backoffs than " + maximumEntries);
            }
        }
        ofKeys.asMap().values().forEach(state -> {
            if (state.failures() < 1) {
                throw new IllegalStateException("the store holds a backoff without a failure");
            }
        });
        ofOrigins.asMap().values().forEach(state -> {
            if (state.connecting() == null && state.row() == null) {
                throw new IllegalStateException("the store holds an origin without a failure");
            }
        });
    }
}
