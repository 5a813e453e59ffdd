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
 * What is fresh for a plain request: the hot path, so what it needs is held here and not reached through others.
 * Thread-safe.
 */
public final class FreshHits {
    private final MemoryStore store;
    private final UrlSpellings spellings;
    private final CacheClock clock;
    private final LongAdder count;
    private final HttpHeaders plain;
    private final double ahead;

    /** Whether there are none: a plain request asks for more than what is fresh, or the cache is closed. */
    private volatile boolean none;

    /**
     * Finds them from now on.
     *
     * @param plain the fields of a plain request
     */
    FreshHits(EngineContext parts, UrlSpellings spellings, HttpHeaders plain) {
        this.store = parts.store();
        this.spellings = spellings;
        this.clock = parts.clock();
        this.count = parts.counters().hits;
        this.plain = plain;
        this.ahead = parts.policy().trouble().ahead();
        this.none = !parts.policy().aging().directives(plain).equals(RequestDirectives.NONE);
    }

    /**
     * The value of this type of the fresh stored success to a plain request for what a caller spells like this; null where
     * there is none, or it has not been decoded. One look-up when the spelling is the normal form, one clock read, no
     * allocation but by the first. Counts a hit if there is one.
     */
    public @Nullable Object find(String url, Type type) {
        long now = clock.now(); // first: it holds up what comes before it, and not what comes after
        if (none) {
            return null;
        }
        VariantSet slot = store.get(Objects.requireNonNull(url, "url"));
        if (slot == null) {
            String normal = spellings.normalForm(url);
            slot = normal == null ? null : store.get(normal);
            if (slot == null) {
                return null;
            }
        }
        HitMemo given = slot.value();
        Object value = given != null && given.is(type, now) ? given.value() : workedOut(slot, type, now);
        if (value != null) {
            count.increment();
        }
        return value;
    }

    private @Nullable Object workedOut(VariantSet slot, Type type, long now) {
        StoredResponse stored = slot.select(plain);
        if (stored == null || !stored.success()) {
            return null;
        }
        long until = Reuse.renewalAge(stored, ahead);
        Object known = stored.ageNanos(now) < until ? stored.representation().known(type) : null;
        if (known != null && slot.value() == null) { // the first one stays, lest two types take turns
            long received = stored.receivedNanos();
            slot.remember(new HitMemo(type, known, received, until - stored.ageNanos(received)));
        }
        return known;
    }

    /** Finds none any more. */
    void close() {
        none = true;
    }
}
