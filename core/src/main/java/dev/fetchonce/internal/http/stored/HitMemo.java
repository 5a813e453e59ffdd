package dev.fetchonce.internal.http.stored;

import java.lang.reflect.Type;

/**
 * What a plain request is given out of a {@link VariantSet}, worked out once: which of its variants that is, how long that one may be
 * used and what it has been decoded to stay as they are. A hit that finds this need not follow all that it was worked out
 * from, each a look into memory that may be cold. Immutable.
 *
 * @param type what was wanted
 * @param value the decoded value
 * @param sinceNanos when the response came, on the cache's monotonic clock
 * @param forNanos for how long from then on this holds
 */
public record HitMemo(Type type, Object value, long sinceNanos, long forNanos) {
    /** Whether it is what is wanted now. */
    @SuppressWarnings("ReferenceEquality") // first; mostly it is the very same type
    public boolean is(Type wanted, long now) {
        return (type == wanted || type.equals(wanted)) && now - sinceNanos < forNanos;
    }
}
