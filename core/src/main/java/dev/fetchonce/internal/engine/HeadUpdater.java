package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.HeadUpdate;
import dev.fetchonce.internal.http.caching.Renewal;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Applies the response to a HEAD to the stored response of the corresponding GET (RFC 9111 §4.3.5). */
final class HeadUpdater {
    private final EngineContext parts;
    private final CacheRequest request;

    HeadUpdater(EngineContext parts, CacheRequest request) {
        this.parts = parts;
        this.request = request;
    }

    /** Applies the response; the fields must be those received, as they say whether its length counts. */
    void take(int status, HttpHeaders head) {
        StoredResponse stored = Lookup.of(parts.store(), request).selected();
        if (stored == null) {
            return;
        }
        switch (HeadUpdate.of(status, head, stored)) {
            case NONE -> {}
            case STALE -> replace(stored, null);
            case UPDATE -> {
                ReceiptTime received =
                        new ReceiptTime(parts.clock().now(), parts.clock().instant(), 0);
                FreshnessPolicy freshnessPolicy = parts.policy().freshnessPolicy();
                replace(
                        stored,
                        switch (freshnessPolicy.renewed(request, stored, StoredFields.kept(head), received)) {
                            case Renewal.Kept kept -> parts.stored(request, kept.response());
                            case Renewal.Withdrawn withdrawn -> null;
                        });
            }
        }
    }

    /**
     * Replaces the response wherever it is still stored: a response stored, or an invalidation, since then is more
     * recent. A response that is now for one user does not stay under the common key.
     */
    private void replace(StoredResponse old, @Nullable StoredResponse by) {
        replace(request.key(), old, by);
        if (request.key().personal()) {
            boolean forAll = by != null && by.terms().placement() == Validity.Placement.COMMON;
            replace(request.key().forAll(), old, forAll ? by : null);
        }
    }

    private void replace(CacheKey key, StoredResponse old, @Nullable StoredResponse by) {
        long keptNanos = by == null ? 0 : parts.kept(by);
        parts.store()
                .update(
                        key,
                        keptNanos,
                        parts.clock().now(),
                        variants -> variants == null ? null : variants.replaced(old, by));
    }
}
