package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.VariantSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For what a flight is flown: the key, and what the request selects by the last known Vary of what is stored there. Two
 * requests that the origin tells apart never share a flight once that is known.
 */
record FlightKey(CacheKey key, Object selecting, CallerKind face) {
    /** The key for this request, given what is stored for it: nothing is as good as a response without Vary. */
    static FlightKey of(CacheRequest ask, CallerKind face, @Nullable VariantSet slot) {
        return new FlightKey(ask.key(), slot == null ? Map.of() : slot.selecting(ask.headers()), face.flightGroup());
    }

    /** Names the URL up to its query: the fields selected by may hold secrets. */
    @Override
    public String toString() {
        return key.toString();
    }
}
