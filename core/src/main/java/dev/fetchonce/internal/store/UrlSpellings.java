package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * The normal forms of URLs that callers spell in another way. A hit by such a spelling need not parse it again. Bounded
 * in bytes; thread-safe.
 */
public final class UrlSpellings {
    private final Cache<String, String> normalForms;

    /** Makes an empty table whose entries take about this many bytes at most. */
    public UrlSpellings(long maximumBytes) {
        this.normalForms = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((String asked, String normal) -> 100 + asked.length() + normal.length())
                .executor(Runnable::run)
                .build();
    }

    /** Returns the normal form of a caller's spelling, or null where the table does not hold it. */
    public @Nullable String normalForm(String asked) {
        return normalForms.getIfPresent(asked);
    }

    /** Remembers the normal form of a caller's spelling, unless the two are equal. */
    public void remember(String asked, String normal) {
        if (!asked.equals(normal)) {
            normalForms.put(asked, normal);
        }
    }

    /** Forgets all normal forms. */
    public void clear() {
        normalForms.invalidateAll();
    }

    /** Returns about how many bytes the entries take. */
    public long bytes() {
        normalForms.cleanUp();
        return normalForms.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
