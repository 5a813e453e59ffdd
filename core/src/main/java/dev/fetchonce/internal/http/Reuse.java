package dev.fetchonce.internal.http;

import org.jspecify.annotations.Nullable;

/** What to do for a request, given what is stored for it (RFC 9111 §4). A pure function. */
public final class Reuse {
    private Reuse() {}

    /** What to do. */
    public sealed interface Decision {}

    /** Answer with the stored response. */
    public record Serve(StoredResponse stored) implements Decision {}

    /** Ask the origin whether the stored response still holds; it is pinned until that flight lands. */
    public record Revalidate(StoredResponse stored) implements Decision {}

    /** Ask the origin for it. */
    public record Miss() implements Decision {}

    /**
     * Decides.
     *
     * @param stored what the request selects, or null
     * @param afresh whether the caller wants no answer that was asked for before its call
     * @param now the time on the cache's monotonic clock
     */
    public static Decision decide(@Nullable StoredResponse stored, boolean afresh, long now) {
        if (stored == null) {
            return new Miss();
        }
        return !afresh && stored.fresh(now) ? new Serve(stored) : new Revalidate(stored);
    }
}
