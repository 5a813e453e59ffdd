package dev.fetchonce.internal.http.stored;

import java.lang.reflect.Type;

/**
 * The remembered result of a hit for a plain request: the selected variant's decoded value, and how long it is valid. A
 * hit with a memo need not follow the objects behind it; each of them is a read of memory that may not be cached.
 * Immutable.
 *
 * @param type the requested type
 * @param value the decoded value
 * @param sinceNanos the time of receipt of the response, on the cache's monotonic clock
 * @param forNanos how long the memo is valid from that time
 */
public record HitMemo(Type type, Object value, long sinceNanos, long forNanos) {
    /** Reports whether the memo has the requested type and is valid now. */
    @SuppressWarnings("ReferenceEquality") // compared first, because the two types are mostly one object
    public boolean is(Type wanted, long now) {
        return (type == wanted || type.equals(wanted)) && now - sinceNanos < forNanos;
    }
}
