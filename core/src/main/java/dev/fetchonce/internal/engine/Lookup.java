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
 * What is stored for a question: under its own key first, and then under the one that holds what everybody may have.
 *
 * @param own the slot under its own key, or null
 * @param common the slot under the common one, or null; the same where it has no key of its own
 * @param selected the response that the request selects, or null
 * @param standing what a fetch may revalidate, and what may stand in if it fails, or null
 */
record Lookup(
        @Nullable VariantSet own,
        @Nullable VariantSet common,
        @Nullable StoredResponse selected,
        @Nullable StoredResponse standing) {
    static Lookup of(MemoryStore store, CacheRequest ask) {
        VariantSet own = store.get(ask.key().text());
        StoredResponse selected = VariantSet.selected(own, ask.headers());
        StoredResponse standing = VariantSet.standing(own, ask.headers());
        if (!ask.key().personal()) {
            return new Lookup(own, own, selected, standing);
        }
        VariantSet common = store.get(ask.key().common());
        return new Lookup(
                own,
                common,
                selected == null ? forAll(VariantSet.selected(common, ask.headers())) : selected,
                standing == null ? forAll(VariantSet.standing(common, ask.headers())) : standing);
    }

    private static @Nullable StoredResponse forAll(@Nullable StoredResponse response) {
        return response != null && isForAll(response) ? response : null;
    }

    private static boolean isForAll(StoredResponse response) {
        return response.terms().placement() == Validity.Placement.COMMON;
    }

    /** For what a flight for that question is flown. */
    FlightKey flightKey(CacheRequest ask) {
        return flightKey(ask, ask.face());
    }

    /** For what a flight for that question is flown when such a face asks it. */
    FlightKey flightKey(CacheRequest ask, CallerKind face) {
        return FlightKey.of(ask, face, own == null ? common : own);
    }

    /** All that is stored for that URL and may be given to who asks. */
    List<StoredResponse> variants() {
        return own == null ? List.of() : own.variants();
    }

    /** How what is stored is revalidated. */
    Revalidation revalidation() {
        return revalidation(own).and(revalidation(common));
    }

    private static Revalidation revalidation(@Nullable VariantSet slot) {
        return slot == null ? Revalidation.BY_TAG : slot.revalidation();
    }

    /** Why what is stored is not the answer. */
    ForwardReason why(long now) {
        if (selected == null) {
            boolean others = common != null && common.variants().stream().anyMatch(Lookup::isForAll);
            return own == null && !others ? ForwardReason.URI_MISS : ForwardReason.VARY_MISS;
        }
        return selected.fresh(now) ? ForwardReason.REQUEST : ForwardReason.STALE;
    }
}
