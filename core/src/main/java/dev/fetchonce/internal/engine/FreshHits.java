package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.RequestDirectives;
import dev.fetchonce.internal.http.Reuse;
import dev.fetchonce.internal.http.Slot;
import dev.fetchonce.internal.http.StoredResponse;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.Spellings;
import java.net.http.HttpHeaders;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is fresh for a plain request: the hot path, so what it needs is held here and not reached through others.
 * Thread-safe.
 */
public final class FreshHits {
    private final MemoryStore store;
    private final Spellings spellings;
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
    FreshHits(Parts parts, Spellings spellings, HttpHeaders plain) {
        this.store = parts.store();
        this.spellings = spellings;
        this.clock = parts.clock();
        this.count = parts.counters().hits;
        this.plain = plain;
        this.ahead = parts.policy().trouble().ahead();
        this.none = !parts.policy().aging().directives(plain).equals(RequestDirectives.NONE);
    }

    /**
     * The fresh stored success to a plain request for what a caller spells like this, or null. One look-up when the spelling
     * is the normal form, one clock read, no allocation. Counts a hit.
     */
    public @Nullable StoredResponse find(String url) {
        if (none) {
            return null;
        }
        long now = clock.now(); // first: it holds up what comes before it, and not what comes after
        Slot slot = store.get(url);
        if (slot == null) {
            String normal = spellings.normalForm(url);
            slot = normal == null ? null : store.get(normal);
        }
        StoredResponse stored = Slot.selected(slot, plain);
        if (stored == null || !stored.success() || !stored.fresh(now) || Reuse.ahead(stored, ahead, now)) {
            return null;
        }
        count.increment();
        return stored;
    }

    /** Finds none any more. */
    void close() {
        none = true;
    }
}
