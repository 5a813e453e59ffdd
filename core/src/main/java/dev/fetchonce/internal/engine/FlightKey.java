package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.VariantSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The key of a flight. Once the origin is known to tell two requests apart, they never share a flight.
 *
 * @param key the cache key
 * @param selecting the fields that the last known Vary of the stored responses selects
 * @param ofExchanges whether its callers use the API of exchanges
 */
record FlightKey(CacheKey key, Object selecting, boolean ofExchanges) {
    /**
     * Returns the key for this request, given the entries stored for it. No entry gives the same key as a response
     * without Vary.
     */
    static FlightKey of(CacheRequest request, CallerKind callerKind, @Nullable VariantSet variants) {
        return new FlightKey(
                request.key(),
                variants == null ? Map.of() : variants.selecting(request.headers()),
                callerKind.exchanges());
    }

    /** Returns the URL up to its query. It leaves out the selecting fields, which may hold secrets. */
    @Override
    public String toString() {
        return key.toString();
    }
}
