package dev.fetchonce.internal.backoff;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last failed attempt of each key since its last answer. Unlike a backoff, it also remembers a failure that counts
 * for no backoff, such as a 404. The number of keys is bounded. The store may forget an attempt for want of room, which
 * costs one request. Thread-safe.
 */
final class FailedAttempts {
    private final Cache<String, FailedAttempt> attempts;

    /** Makes an empty store of at most so many keys. */
    FailedAttempts(long maximumEntries) {
        this.attempts = Caffeine.newBuilder()
                .maximumSize(maximumEntries)
                .executor(Runnable::run)
                .build();
    }

    /** Remembers the attempt as the last one of the key with this text. */
    void failed(String text, FailedAttempt attempt) {
        attempts.put(text, attempt);
    }

    /** Forgets the attempt of the key with this text, as the origin has answered. */
    void answered(String text) {
        attempts.invalidate(text);
    }

    /** Returns the last failed attempt of the key with this text since its last answer, or null. */
    @Nullable
    FailedAttempt last(String text) {
        return attempts.getIfPresent(text);
    }

    /** Forgets the attempts of all keys of the matching URLs. It walks all attempts. */
    void forget(Predicate<String> urls) {
        attempts.asMap().keySet().removeIf(text -> urls.test(BackoffKey.urlOf(text)));
    }

    /** Returns a copy of the URLs that have a failed attempt under any key. */
    Set<String> urls() {
        Set<String> all = new HashSet<>();
        attempts.asMap().keySet().forEach(text -> all.add(BackoffKey.urlOf(text)));
        return all;
    }
}
