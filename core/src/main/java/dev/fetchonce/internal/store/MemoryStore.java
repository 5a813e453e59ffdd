package dev.fetchonce.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.internal.concurrent.Interner;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
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
 * The store of the responses of this process, bounded in bytes. Thread-safe; a read neither locks nor allocates.
 *
 * <p>The store does not decide freshness. Caffeine drops a variant set that has outlived every use. Its clock is coarse
 * and only landings advance it, so that a read needs no clock.
 */
public final class MemoryStore {
    private final Cache<String, VariantSet> variantSets;

    /** The stored partitioned keys of each URL; changed only inside Caffeine's atomic step on such a key. */
    private final ConcurrentHashMap<String, Set<String>> partitions = new ConcurrentHashMap<>();

    private final long maximumBytes;
    private final Interner interner = new Interner();
    private final AtomicLong longestLife = new AtomicLong(1);
    private final LongAdder evictions = new LongAdder();

    /** The number of stored responses; changed only inside Caffeine's atomic step on their key. */
    private final LongAdder responses = new LongAdder();

    private volatile long coarseNow;

    /**
     * Makes an empty store.
     *
     * @param maximumBytes the bound on the total weight of the variant sets, in bytes
     * @param now the time on the cache's monotonic clock
     */
    public MemoryStore(long maximumBytes, long now) {
        this.maximumBytes = maximumBytes;
        this.coarseNow = now;
        this.variantSets = Caffeine.newBuilder()
                .maximumWeight(maximumBytes)
                .weigher((String text, VariantSet variants) -> variants.weight())
                .expireAfterWrite(Duration.ofNanos(longestLife.get()))
                .ticker(() -> coarseNow)
                .executor(Runnable::run)
                .evictionListener((text, variants, cause) -> {
                    evictions.increment();
                    if (variants != null) {
                        responses.add(-variants.size());
                        unlist(variants.url(), variants.text());
                    }
                })
                .build();
    }

    /** Returns the variant set of the key with this text, or null. */
    public @Nullable VariantSet get(String text) {
        return variantSets.getIfPresent(text);
    }

    /**
     * Applies a change, atomically. The store keeps equal parts of many responses once.
     *
     * @param now the time on the cache's monotonic clock
     * @return whether the store can hold the changed variant set at all; a set that is too heavy is dropped at once
     */
    public boolean apply(Change change, long now) {
        Change shared = change.sharing(interner);
        VariantSet changed = update(shared.key(), shared.usefulNanos(), now, shared::appliedTo);
        return changed == null || changed.weight() <= maximumBytes;
    }

    /**
     * Replaces the variant set of a key, atomically. The change must be short, and must not block. A partitioned key is
     * listed in a separate step: the caller needs a lock of its own where a removal by URL must find that key.
     *
     * @param lifeNanos the time, in nanoseconds from now on, for which the variant set can be of use
     * @param now the time on the cache's monotonic clock
     * @param change maps the present variant set, or null, to the new variant set, or null
     * @return the new variant set, or null
     */
    @Nullable
    VariantSet update(CacheKey key, long lifeNanos, long now, UnaryOperator<@Nullable VariantSet> change) {
        if (longestLife.getAndAccumulate(lifeNanos, Math::max) < lifeNanos) {
            setExpiry();
        }
        coarseNow = now;
        VariantSet changed = variantSets.asMap().compute(key.text(), (text, variants) -> {
            VariantSet next = change.apply(variants); // null where the old set has expired: the listener gets that set
            responses.add((next == null ? 0 : next.size()) - (variants == null ? 0 : variants.size()));
            if (next == null) {
                unlist(key.url(), key.text());
            }
            return next;
        });
        if (key.partitioned()) {
            // A separate step: where the old variant set had expired, Caffeine calls the eviction listener after the
            // change.
            variantSets.asMap().computeIfPresent(key.text(), (text, variants) -> {
                list(key);
                return variants;
            });
        }
        return changed;
    }

    private void setExpiry() {
        long longest;
        do { // repeat where another thread found a longer life meanwhile: the last thread must set the longest life
            longest = longestLife.get();
            variantSets.policy().expireAfterWrite().orElseThrow().setExpiresAfter(Duration.ofNanos(longest));
        } while (longest != longestLife.get());
    }

    /** Weighs the variant sets for this key again, after a body in one of them was decoded. */
    public void reweigh(CacheKey key) {
        reweigh(key.text());
        if (key.personal()) {
            reweigh(key.common());
        }
    }

    private void reweigh(String text) {
        variantSets.asMap().computeIfPresent(text, (same, variants) -> variants.weighed());
    }

    /**
     * Drops all stored responses of a URL, under all its keys.
     *
     * @return whether the URL had a stored response
     */
    public boolean remove(String url) {
        boolean any = drop(url);
        for (String text : partitions.getOrDefault(url, Set.of())) {
            any |= drop(text);
        }
        return any;
    }

    /** Returns a copy of the URLs that have a stored response. */
    public Set<String> urls() {
        Set<String> urls = new HashSet<>();
        variantSets.asMap().values().forEach(variants -> urls.add(variants.url()));
        return urls;
    }

    /**
     * Returns the total weight of the variant sets, in bytes. First does the work that Caffeine has put off, which is
     * that of the last changes; the cost does not depend on the number of the variant sets.
     */
    public long bytes() {
        variantSets.cleanUp();
        return variantSets.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    /** Returns the number of stored responses, from a running count. */
    public long entries() {
        return responses.sum();
    }

    /**
     * Returns the number of variant sets that were dropped for want of room, or because they had outlived every use.
     */
    public long evictions() {
        return evictions.sum();
    }

    private boolean drop(String text) {
        boolean[] any = new boolean[1];
        variantSets.asMap().computeIfPresent(text, (same, variants) -> {
            any[0] = true;
            responses.add(-variants.size());
            unlist(variants.url(), variants.text());
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
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants() {
        variantSets.cleanUp();
        variantSets.asMap().forEach((text, variants) -> {
            if (!variants.text().equals(text)) {
                throw new IllegalStateException("a variant set is stored under another key");
            }
            if (variants.partitioned()
                    && !partitions.getOrDefault(variants.url(), Set.of()).contains(text)) {
                throw new IllegalStateException("a partitioned key is not listed, and would survive an invalidation");
            }
        });
        partitions.forEach((url, texts) -> texts.forEach(text -> {
            if (variantSets.policy().getIfPresentQuietly(text) == null) {
                throw new IllegalStateException("a listed partitioned key is not stored");
            }
        }));
        long walked = variantSets.asMap().values().stream()
                .mapToLong(VariantSet::size)
                .sum();
        if (walked != entries()) {
            throw new IllegalStateException(walked + " responses are stored, and " + entries() + " are counted");
        }
        if (bytes() > maximumBytes) {
            throw new IllegalStateException(bytes() + " bytes are stored, more than " + maximumBytes);
        }
    }
}
