package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.HeadUpdate;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.store.MemoryStore;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Applies the response to a HEAD to the stored response of the corresponding GET (RFC 9111 §4.3.5). Thread-safe. */
public final class HeadUpdater {
    private final FreshnessPolicy freshness;
    private final MemoryStore store;
    private final CacheClock clock;

    HeadUpdater(FreshnessPolicy freshness, MemoryStore store, CacheClock clock) {
        this.freshness = freshness;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Applies the response. Its fields may update the stored response, or show that it is out of date.
     *
     * @param request the request for a GET of the same URL
     * @param head the fields that were received; they say whether the length counts
     */
    public void update(CacheRequest request, int status, HttpHeaders head) {
        StoredResponse stored = Lookup.of(store, request).selected();
        if (stored == null) {
            return;
        }
        switch (HeadUpdate.of(status, head, stored)) {
            case NONE -> {}
            case STALE -> replace(request, stored, null);
            case UPDATE -> {
                ReceiptTime received = new ReceiptTime(clock.now(), clock.instant(), 0);
                replace(
                        request,
                        stored,
                        switch (freshness.renewed(request.context(), stored, StoredFields.kept(head), received)) {
                            case Renewal.Kept kept -> freshness.stored(request.context(), kept.response());
                            case Renewal.Withdrawn withdrawn -> null;
                        });
            }
        }
    }

    /**
     * Replaces the response wherever it is still stored: a response stored, or an invalidation, since then is more
     * recent. A response that is now for one user does not stay under the common key.
     */
    private void replace(CacheRequest request, StoredResponse old, @Nullable StoredResponse by) {
        replace(request.key(), old, by);
        if (request.key().personal()) {
            boolean forAll = by != null && by.terms().placement() == Validity.Placement.COMMON;
            replace(request.key().forAll(), old, forAll ? by : null);
        }
    }

    private void replace(CacheKey key, StoredResponse old, @Nullable StoredResponse by) {
        store.apply(new Change.Replace(key, old, by, by == null ? 0 : freshness.usefulNanos(by)), clock.now());
    }
}
