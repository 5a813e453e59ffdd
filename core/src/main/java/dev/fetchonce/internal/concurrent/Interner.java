package dev.fetchonce.internal.concurrent;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Gives one instance for values that are equal, as long as there are few of them: what thousands hold is there once. It
 * remembers the latest value of each hash, some hundred in all. Thread-safe, without a lock.
 */
public final class Interner {
    private static final int PLACES = 256;

    private final AtomicReferenceArray<@Nullable Object> places = new AtomicReferenceArray<>(PLACES);

    /** The instance that was given for an equal value lately, else this one. */
    @SuppressWarnings(
            "unchecked") // values of different classes are never equal here: they are records and final classes
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
