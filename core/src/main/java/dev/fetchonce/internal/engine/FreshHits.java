package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.stored.HitMemo;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.UrlSpellings;
import java.lang.reflect.Type;
import java.net.http.HttpHeaders;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The lookup of fresh hits for plain requests. It is the hot path, so it holds its collaborators directly.
 * Thread-safe.
 */
public final class FreshHits {
    private final MemoryStore store;
    private final UrlSpellings spellings;
    private final CacheClock clock;
    private final LongAdder count;
    private final HttpHeaders defaultHeaders;
    private final double ahead;

    /** Whether every lookup finds nothing: a plain request demands more than freshness, or the cache is closed. */
    private volatile boolean none;

    /**
     * Makes the lookup.
     *
     * @param count the number of hits so far
     * @param defaultHeaders the fields of a plain request
     */
    FreshHits(
            CachePolicy policy,
            MemoryStore store,
            UrlSpellings spellings,
            CacheClock clock,
            LongAdder count,
            HttpHeaders defaultHeaders) {
        this.store = store;
        this.spellings = spellings;
        this.clock = clock;
        this.count = count;
        this.defaultHeaders = defaultHeaders;
        this.ahead = policy.failurePolicy().ahead();
        this.none = !policy.freshnessPolicy().directives(defaultHeaders).equals(RequestDirectives.NONE);
    }

    /**
     * Returns the value of this type for a plain request of the URL, whose spelling is the caller's. The value is of a
     * stored success that is fresh. Returns null when there is no such response, or it has not been decoded to this
     * type. Cost: one look-up when the spelling is the normal form, and one clock read; only the first call allocates.
     * Counts a hit when it finds a value.
     */
    public @Nullable Object find(String url, Type type) {
        long now = clock.now(); // read first: the clock read delays the instructions before it, not those after it
        if (none) {
            return null;
        }
        VariantSet variants = store.get(Objects.requireNonNull(url, "url"));
        if (variants == null) {
            String normal = spellings.normalForm(url);
            variants = normal == null ? null : store.get(normal);
            if (variants == null) {
                return null;
            }
        }
        HitMemo given = variants.value();
        Object value = given != null && given.is(type, now) ? given.value() : workedOut(variants, type, now);
        if (value != null) {
            count.increment();
        }
        return value;
    }

    private @Nullable Object workedOut(VariantSet variants, Type type, long now) {
        StoredResponse stored = variants.select(defaultHeaders);
        if (stored == null || !stored.success()) {
            return null;
        }
        long until = Reuse.renewalAge(stored, ahead);
        Object known = stored.ageNanos(now) < until ? stored.representation().known(type) : null;
        if (known != null
                && variants.value() == null) { // the first memo stays, or two types would replace each other in turn
            long received = stored.receivedNanos();
            variants.remember(new HitMemo(type, known, received, until - stored.ageNanos(received)));
        }
        return known;
    }

    /** Remembers the caller's spelling of a URL beside its normal form. */
    public void remember(String spelling, String normal) {
        spellings.remember(spelling, normal);
    }

    /** Makes every later lookup find nothing. */
    void close() {
        none = true;
    }

    /** Forgets all spellings. */
    void forget() {
        spellings.clear();
    }
}
