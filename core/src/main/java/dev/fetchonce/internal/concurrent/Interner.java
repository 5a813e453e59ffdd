package dev.fetchonce.internal.concurrent;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A table that returns one instance for equal values, so that thousands of holders share one object. It remembers the
 * latest value of each hash bucket, 256 values at most. Thread-safe, without a lock.
 */
public final class Interner {
    private static final int PLACES = 256;

    private final AtomicReferenceArray<@Nullable Object> places = new AtomicReferenceArray<>(PLACES);

    /** Returns the instance that the table remembers for an equal value; otherwise remembers and returns this value. */
    @SuppressWarnings(
            "unchecked") // an equal value has the same class here: values are records and objects of final classes
    public <T> T of(T value) {
        int hash = value.hashCode();
        int place = (hash ^ hash >>> 8 ^ hash >>> 16 ^ hash >>> 24) & PLACES - 1;
        Object seen = places.get(place);
        if (seen != null && seen.getClass() == value.getClass() && seen.equals(value)) {
            return (T) seen;
        }
        places.set(place, value);
        return value;
    }
}
