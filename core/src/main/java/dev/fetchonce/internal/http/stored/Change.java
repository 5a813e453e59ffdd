package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.concurrent.Interner;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A change of the responses that are stored under one key. It is a value: pure code makes it, and the store applies it
 * in one atomic step.
 */
public sealed interface Change {
    /** Returns the key whose responses change. */
    CacheKey key();

    /** Returns the variant set after the change; null when the key has no response then. */
    @Nullable
    VariantSet appliedTo(@Nullable VariantSet before);

    /** Returns how long the response that it brings can be of use, in nanoseconds; zero where it brings no response. */
    default long usefulNanos() {
        return 0;
    }

    /** Returns this change with a response that shares equal parts with other stored responses. */
    default Change sharing(Interner interner) {
        return this;
    }

    /**
     * A response becomes the newest response of its key. A success without Vary takes the place of all responses that
     * its request selects: a response with a Vary would be selected before it.
     *
     * @param request the fields of the request that it answers
     * @param revalidation the kind of conditional request that revalidates it
     * @param usefulNanos how long it can be of use, in nanoseconds
     */
    record Put(CacheKey key, HttpHeaders request, StoredResponse response, Revalidation revalidation, long usefulNanos)
            implements Change {
        @Override
        public VariantSet appliedTo(@Nullable VariantSet before) {
            boolean supersedes = response.success() && !response.selection().varies();
            VariantSet others = before != null && supersedes ? before.dropped(request) : before;
            VariantSet after = VariantSet.landed(others, key, response).revalidated(revalidation);
            return before == null ? after : after.revalidated(before.revalidation());
        }

        @Override
        public Put sharing(Interner interner) {
            return new Put(key, request, response.sharing(interner), revalidation, usefulNanos);
        }
    }

    /**
     * A response takes the place of an older one, or the older one is dropped. Without effect where the older one is
     * not stored any more: the response that was stored since, or the invalidation, is more recent.
     *
     * @param old the older response
     * @param by the response in its place, or null
     * @param usefulNanos how long the new response can be of use, in nanoseconds
     */
    record Replace(
            CacheKey key, StoredResponse old, @Nullable StoredResponse by, long usefulNanos) implements Change {
        @Override
        public @Nullable VariantSet appliedTo(@Nullable VariantSet before) {
            return before == null ? null : before.replaced(old, by);
        }

        @Override
        public Replace sharing(Interner interner) {
            return by == null ? this : new Replace(key, old, by.sharing(interner), usefulNanos);
        }
    }

    /**
     * The responses that a request selects are dropped.
     *
     * @param request the fields of the request
     */
    record Drop(CacheKey key, HttpHeaders request) implements Change {
        @Override
        public @Nullable VariantSet appliedTo(@Nullable VariantSet before) {
            return before == null ? null : before.dropped(request);
        }
    }

    /**
     * The responses that a request selects, and that all callers may have, are dropped.
     *
     * @param request the fields of the request
     */
    record DropForAll(CacheKey key, HttpHeaders request) implements Change {
        @Override
        public @Nullable VariantSet appliedTo(@Nullable VariantSet before) {
            return before == null ? null : before.droppedForAll(request);
        }
    }
}
