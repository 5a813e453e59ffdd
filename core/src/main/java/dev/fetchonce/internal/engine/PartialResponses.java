package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.range.PartialContent;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VariantSet;
import dev.fetchonce.internal.store.MemoryStore;
import java.net.http.HttpHeaders;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parts of responses that are not stored whole. They are kept under a key of their own, combined as they arrive,
 * and served to range requests (RFC 9111 §3.3, §3.4). No flight fetches them, as each caller asks for a part of its
 * own. Thread-safe.
 */
public final class PartialResponses {
    private final FreshnessPolicy freshness;
    private final MemoryStore store;
    private final CacheClock clock;
    private final ContentCodings codings;
    private final int maximumBodyBytes;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * The parts that are under way, under the lock. The set is weak, as a caller that gives up a part does not report
     * it.
     */
    private final Set<UnderWay> underWay = Collections.newSetFromMap(new WeakHashMap<>());

    /**
     * Makes the parts of one cache.
     *
     * @param maximumBodyBytes the bound on the length of one body, in bytes; parts are not combined beyond it
     */
    PartialResponses(
            FreshnessPolicy freshness,
            MemoryStore store,
            CacheClock clock,
            ContentCodings codings,
            int maximumBodyBytes) {
        this.freshness = freshness;
        this.store = store;
        this.clock = clock;
        this.codings = codings;
        this.maximumBodyBytes = maximumBodyBytes;
    }

    /** A part that has been requested. */
    private static final class UnderWay {
        final String url;

        /** Whether an invalidation came meanwhile, so that the part is not kept; under the lock. */
        boolean outdated;

        UnderWay(String url) {
            this.url = url;
        }
    }

    /**
     * Keeps the parts of these URLs that are under way from being stored. Call it before the stored responses are
     * removed.
     */
    void invalidate(Set<String> urls) {
        lock.lock();
        try {
            for (UnderWay part : underWay) {
                part.outdated |= urls.contains(part.url);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the URLs of the parts that are under way; a copy. */
    Set<String> urls() {
        lock.lock();
        try {
            return underWay.stream().map(part -> part.url).collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    private UnderWay entered(UnderWay part) {
        lock.lock();
        try {
            underWay.add(part);
            return part;
        } finally {
            lock.unlock();
        }
    }

    private void left(UnderWay part) {
        lock.lock();
        try {
            underWay.remove(part);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the part that the request asks for; empty when it is not stored, may not be used, or does not contain
     * that range.
     */
    public Optional<StoredResponse> answer(CacheRequest request, HttpHeaders fields) {
        StoredResponse part = stored(request.key(), request);
        if (part == null && request.key().personal()) {
            StoredResponse common = stored(request.key().forAll(), request);
            part = common != null && common.terms().placement() == Validity.Placement.COMMON ? common : null;
        }
        return part != null
                        && !request.afresh()
                        && Reuse.satisfies(part, request.demand().directives(), clock.now())
                ? PartialContent.answer(fields, part)
                : Optional.empty();
    }

    private @Nullable StoredResponse stored(CacheKey key, CacheRequest request) {
        return VariantSet.selected(store.get(key.ofParts().text()), request.headers());
    }

    /** Records the start of a request for a part. */
    public PartListener begin(CacheRequest request) {
        UnderWay asked = entered(new UnderWay(request.key().url()));
        long sent = clock.now();
        return (headers, connection, body) -> {
            long now = clock.now();
            ReceiptTime received = new ReceiptTime(now, clock.instant(), Math.max(0, now - sent));
            freshness
                    .part(request.context(), headers, received)
                    .map(validity -> response(request, headers, connection, body, validity, received))
                    .filter(PartialContent::keepable)
                    .ifPresent(part -> keep(request, part, asked));
            left(asked);
        };
    }

    private StoredResponse response(
            CacheRequest request,
            HttpHeaders headers,
            ConnectionInfo connection,
            byte[] body,
            Validity validity,
            ReceiptTime received) {
        return new StoredResponse(
                request.target().text(),
                206,
                StoredFields.kept(headers),
                new Representation(body, headers, codings),
                freshness.selection(headers, request.headers()),
                validity,
                received.nanos(),
                received.at(),
                connection);
    }

    private void keep(CacheRequest request, StoredResponse arrived, UnderWay asked) {
        CacheKey key = request.key().of(arrived.terms().placement());
        lock.lock();
        try {
            if (asked.outdated) {
                return;
            }
            StoredResponse combined = PartialContent.combined(stored(key, request), arrived);
            StoredResponse part = combined.representation().length() > maximumBodyBytes ? arrived : combined;
            Optional<StoredResponse> whole = PartialContent.completed(part);
            if (whole.isPresent()) {
                land(request, key, whole.get());
                drop(request, key.ofParts());
            } else {
                land(request, key.ofParts(), part);
            }
        } finally {
            lock.unlock();
        }
    }

    private void land(CacheRequest request, CacheKey key, StoredResponse response) {
        StoredResponse kept = freshness.stored(request.context(), response);
        store.apply(
                new Change.Put(key, request.headers(), kept, Revalidation.BY_TAG, freshness.usefulNanos(kept)),
                clock.now());
    }

    private void drop(CacheRequest request, CacheKey key) {
        store.apply(new Change.Drop(key, request.headers()), clock.now());
    }
}
