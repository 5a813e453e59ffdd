package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Samples.NOON;
import static dev.fetchonce.internal.engine.Samples.SECOND;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.PassMarkers;
import java.util.OptionalLong;

/** The collaborators of one cache without an origin. Its clock stands at 0 and noon until the test moves it. */
final class Collaborators {
    static final Failure REFUSED = Failure.of(Reason.CONNECT, "refused");

    /** The time after which a probe is overdue. */
    static final long OVERDUE = 30 * SECOND;

    private volatile long nanos;

    /** The action of the backoffs at each failure, before they change. */
    Runnable atFailure = () -> {};

    final CacheClock clock = new CacheClock(() -> nanos, () -> NOON.plusNanos(nanos));
    final MemoryStore store = new MemoryStore(1 << 20, 0);
    final PassMarkers passMarkers = new PassMarkers();
    final Recorder recorder = new Recorder();
    final Backoffs backoffs = new Backoffs(clock::now, Samples.DELAY, OVERDUE, () -> {
        atFailure.run();
        return 1;
    });

    void passes(long seconds) {
        nanos += seconds * SECOND;
    }

    /** Stores a response under the key of this request. */
    void stores(CacheRequest request, StoredResponse response) {
        store.apply(
                new Change.Put(request.key(), request.headers(), response, Revalidation.BY_TAG, 1_000 * SECOND),
                clock.now());
    }

    /** Records a failure to connect with a stored response; the first starts a wait of 1 s for the host. */
    void fails(CacheRequest request) {
        lands(request, 0, failure(REFUSED));
    }

    void lands(CacheRequest request, long probe, BackoffUpdate update) {
        backoffs.landed(request.backoffKey(), probe, update, clock.now());
    }

    /** Returns the outlook on the next request. */
    Outlook outlook(CacheRequest request) {
        return backoffs.outlook(request.backoffKey(), clock.now());
    }

    /** Returns the update for a failure that a stored response covers. */
    static BackoffUpdate failure(Failure failure) {
        return new BackoffUpdate.Failed(failure, true, OptionalLong.empty(), true);
    }
}
