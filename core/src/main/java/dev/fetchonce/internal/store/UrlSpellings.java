package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * The normal forms of URLs that callers spell in another way, so that a hit by such a spelling need not parse it again.
 * Bounded in bytes; thread-safe.
 */
public final class UrlSpellings {
    private final Cache<String, String> normalForms;

    /** Makes an empty one whose entries take at most about that many bytes. */
    public UrlSpellings(long maximumBytes) {
        this.normalForms = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((String asked, String normal) -> 100 + asked.length() + normal.length())
                .executor(Runnable::run)
                .build();
    }

    /** The normal form of what a caller wrote, or null when it is not known. */
    public @Nullable String normalForm(String asked) {
        return normalForms.getIfPresent(asked);
    }

    /** Remembers a normal form, unless what the caller wrote is that very form. */
    public void remember(String asked, String normal) {
        if (!asked.equals(normal)) {
            normalForms.put(asked, normal);
        }
    }

    /** Forgets all of them. */
    public void clear() {
        normalForms.invalidateAll();
    }

    /** About how many bytes the entries take. */
    public long bytes() {
        normalForms.cleanUp();
        return normalForms.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
