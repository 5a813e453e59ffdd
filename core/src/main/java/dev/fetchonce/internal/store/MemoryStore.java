package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.VariantSet;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is stored in this process, bounded in bytes. Thread-safe; a read neither locks nor allocates.
 *
 * <p>Freshness is not decided here: Caffeine drops what has outlived every use, on a coarse clock that only landings
 * advance, so that a read costs no clock of its own.
 */
public final class MemoryStore {
    private final Cache<String, VariantSet> slots;

    /** For each URL the partitioned keys that are stored; changed only inside Caffeine's atomic step on such a key. */
    private final ConcurrentHashMap<String, Set<String>> partitions = new ConcurrentHashMap<>();

    private final long maximumBytes;
    private final AtomicLong longestLife = new AtomicLong(1);
    private final LongAdder evictions = new LongAdder();
    private volatile long coarseNow;

    /**
     * Makes an empty store.
     *
     * @param maximumBytes the bound on the summed weight of the slots
     * @param now the time on the cache's monotonic clock
     */
    public MemoryStore(long maximumBytes, long now) {
        this.maximumBytes = maximumBytes;
        this.coarseNow = now;
        this.slots = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((String text, VariantSet slot) -> slot.weight())
                .expireAfterWrite(Duration.ofNanos(longestLife.get()))
                .ticker(() -> coarseNow)
                .executor(Runnable::run)
                .evictionListener((text, slot, cause) -> {
                    evictions.increment();
                    if (slot != null) {
                        unlist(slot.url(), slot.text());
                    }
                })
                .build();
    }

    /** The slot under the key with this text, or null. */
    public @Nullable VariantSet get(String text) {
        return slots.getIfPresent(text);
    }

    /**
     * Replaces the slot under a key, atomically. The change must be short and call nothing that could block. That a removal
     * by URL finds a partitioned key needs a lock of the caller's: the key is listed in a step of its own.
     *
     * @param lifeNanos how long the slot can be of use from now on
     * @param now the time on the cache's monotonic clock
     * @param change from the slot that is there, or null, to the slot that shall be, or null
     */
    public void update(CacheKey key, long lifeNanos, long now, UnaryOperator<@Nullable VariantSet> change) {
        if (longestLife.getAndAccumulate(lifeNanos, Math::max) < lifeNanos) {
            setExpiry();
        }
        coarseNow = now;
        slots.asMap().compute(key.text(), (text, slot) -> {
            VariantSet next = change.apply(slot);
            if (next == null) {
                unlist(key.url(), key.text());
            }
            return next;
        });
        if (key.partitioned()) {
            // A step of its own: where the old slot had expired, Caffeine calls the eviction listener after the change.
            slots.asMap().computeIfPresent(key.text(), (text, slot) -> {
                list(key);
                return slot;
            });
        }
    }

    private void setExpiry() {
        long longest;
        do { // again where another thread found a longer life meanwhile: the last to set it must set the longest
            longest = longestLife.get();
            slots.policy().expireAfterWrite().orElseThrow().setExpiresAfter(Duration.ofNanos(longest));
        } while (longest != longestLife.get());
    }

    /** Weighs what answers a request with this key again, after something was decoded in it. */
    public void reweigh(CacheKey key) {
        reweigh(key.text());
        if (key.personal()) {
            reweigh(key.common());
        }
    }

    private void reweigh(String text) {
        slots.asMap().computeIfPresent(text, (same, slot) -> slot.weighed());
    }

    /**
     * Drops all that is stored for a URL, under whatever key.
     *
     * @return whether there was anything
     */
    public boolean remove(String url) {
        boolean any = drop(url);
        for (String text : partitions.getOrDefault(url, Set.of())) {
            any |= drop(text);
        }
        return any;
    }

    /** The URLs for which something is stored; a copy. */
    public Set<String> urls() {
        Set<String> urls = new HashSet<>();
        slots.asMap().values().forEach(slot -> urls.add(slot.url()));
        return urls;
    }

    /** Whether something of this weight can be kept at all. */
    public boolean fits(long weight) {
        return weight <= maximumBytes;
    }

    /** The summed weight of the slots, in bytes. */
    public long bytes() {
        slots.cleanUp();
        return slots.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** How many responses are stored; walks all slots. */
    public long entries() {
        long entries = 0;
        for (VariantSet slot : slots.asMap().values()) {
            entries += slot.size();
        }
        return entries;
    }

    /** How many slots were dropped for want of room, or because they had outlived every use. */
    public long evictions() {
        return evictions.sum();
    }

    private boolean drop(String text) {
        boolean[] any = new boolean[1];
        slots.asMap().computeIfPresent(text, (same, slot) -> {
            any[0] = true;
            unlist(slot.url(), slot.text());
            return null;
        });
        return any[0];
    }

    private void list(CacheKey key) {
        partitions.compute(key.url(), (url, texts) -> {
            Set<String> listed = texts == null ? ConcurrentHashMap.newKeySet() : texts;
            listed.add(key.text());
            return listed;
        });
    }

    private void unlist(String url, String text) {
        if (text.length() != url.length()) {
            partitions.computeIfPresent(url, (same, texts) -> {
                texts.remove(text);
                return texts.isEmpty() ? null : texts;
            });
        }
    }

    /**
     * Checks what must hold when no call is under way.
     *
     * @throws IllegalStateException saying what does not
     */
    void checkInvariants() {
        slots.cleanUp();
        slots.asMap().forEach((text, slot) -> {
            if (!slot.text().equals(text)) {
                throw new IllegalStateException("a slot is stored under another key");
            }
            if (slot.partitioned()
                    && !partitions.getOrDefault(slot.url(), Set.of()).contains(text)) {
                throw new IllegalStateException("a partition would survive its invalidation");
            }
        });
        partitions.forEach((url, texts) -> texts.forEach(text -> {
            if (slots.policy().getIfPresentQuietly(text) == null) {
                throw new IllegalStateException("a partition is listed but not stored");
            }
        }));
        if (bytes() > maximumBytes) {
            throw new IllegalStateException(bytes() + " bytes are stored, more than " + maximumBytes);
        }
    }
}
