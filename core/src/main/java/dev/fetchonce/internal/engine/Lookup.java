package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.store.MemoryStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries stored for a request: under its own key first, and then under the common key, which holds responses for
 * everybody.
 *
 * @param own the entries under its own key, or null
 * @param common the entries under the common key, or null; equal to {@code own} where the request
 *     has no personal key
 * @param selected the response that the request selects, or null
 * @param standing the response that a fetch may revalidate, and that may stand in if the fetch fails; or null
 */
record Lookup(
        @Nullable VariantSet own,
        @Nullable VariantSet common,
        @Nullable StoredResponse selected,
        @Nullable StoredResponse standing) {
    static Lookup of(MemoryStore store, CacheRequest request) {
        VariantSet own = store.get(request.key().text());
        StoredResponse selected = VariantSet.selected(own, request.headers());
        StoredResponse standing = VariantSet.standing(own, request.headers());
        if (!request.key().personal()) {
            return new Lookup(own, own, selected, standing);
        }
        VariantSet common = store.get(request.key().common());
        return new Lookup(
                own,
                common,
                selected == null ? forAll(VariantSet.selected(common, request.headers())) : selected,
                standing == null ? forAll(VariantSet.standing(common, request.headers())) : standing);
    }

    /** Returns the last good response of the request's own URL, also where a redirect is the newer one; or null. */
    static @Nullable StoredResponse success(MemoryStore store, CacheRequest request) {
        VariantSet own = store.get(request.key().text());
        return own == null ? null : own.success(request.headers());
    }

    private static @Nullable StoredResponse forAll(@Nullable StoredResponse response) {
        return response != null && isForAll(response) ? response : null;
    }

    private static boolean isForAll(StoredResponse response) {
        return response.terms().placement() == Validity.Placement.COMMON;
    }

    /** Returns the key of a flight for the request. */
    FlightKey flightKey(CacheRequest request) {
        return flightKey(request, request.callerKind());
    }

    /** Returns the key of a flight for the request by a caller of this kind. */
    FlightKey flightKey(CacheRequest request, CallerKind callerKind) {
        return FlightKey.of(request, callerKind, own == null ? common : own);
    }

    /**
     * Returns the stored responses that a fetch can validate.
     *
     * @param pinned the stored response to validate where this lookup found no such response, or null
     */
    Validation validation(@Nullable StoredResponse pinned) {
        Revalidation way = own == null && common == null
                ? Revalidation.BY_TAG
                : revalidation(own).and(revalidation(common));
        return new Validation(standing == null ? pinned : standing, own == null ? List.of() : own.variants(), way, way);
    }

    private static Revalidation revalidation(@Nullable VariantSet variants) {
        return variants == null ? Revalidation.BY_TAG : variants.revalidation();
    }

    /** Returns why no stored response is the answer. */
    ForwardReason why(long now) {
        if (selected == null) {
            boolean others = common != null && common.variants().stream().anyMatch(Lookup::isForAll);
            return own == null && !others ? ForwardReason.URI_MISS : ForwardReason.VARY_MISS;
        }
        return selected.fresh(now) ? ForwardReason.REQUEST : ForwardReason.STALE;
    }
}
