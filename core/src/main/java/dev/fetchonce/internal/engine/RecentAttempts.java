package dev.fetchonce.internal.engine;

import dev.fetchonce.Served;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.FailedAttempt;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answers to a caller that asks the origin only where the last attempt is older than a limit: where it is younger,
 * the caller gets the response that this attempt left. Thread-safe.
 */
final class RecentAttempts {
    private final Backoffs backoffs;
    private final CacheClock clock;
    private final Responder responder;
    private final Recorder recorder;

    RecentAttempts(Backoffs backoffs, CacheClock clock, Responder responder, Recorder recorder) {
        this.backoffs = backoffs;
        this.clock = clock;
        this.responder = responder;
        this.recorder = recorder;
    }

    /** Returns the answer after a recent attempt; null after an older one, so that the caller asks the origin. */
    @Nullable
    Answer answer(CacheRequest request, Lookup lookup, long now) {
        FailedAttempt failed = failed(backoffs, request, now);
        StoredResponse stored = readable(request, lookup);
        if (failed == null && !answered(request, stored, now)) {
            return null;
        }
        StoredResponse left = left(request, stored);
        if (left != null) {
            return responder.atOnce(request, left, failed == null ? Served.STALE : Served.STALE_ERROR, now);
        }
        return failed == null ? null : again(request, failed, now);
    }

    /** Answers with a recent failure, where it left no response. */
    private Answer again(CacheRequest request, FailedAttempt failed, long now) {
        recorder.hit(Served.HIT);
        long ago = Math.max(0, now - failed.at());
        long limit = request.demand().recentNanos();
        Failure last = failed.failure();
        String why = last.message() + "; that was " + DurationText.ofMillis(ago) + " ago, and this caller asks again "
                + DurationText.ofMillis(limit) + " (maximumAge) after the last attempt";
        return new Answer.Failed(
                new Failure(last.reason(), last.status(), last.rateLimited(), why, last.cause()),
                Optional.of(Troubles.remembered(backoffs, request, clock, failed, limit - ago)),
                null);
    }

    /** Returns and counts the answer while a backoff forbids a request; null where no attempt has left a response. */
    @Nullable
    Answer heldBack(CacheRequest request, Lookup lookup, long now) {
        StoredResponse left = left(request, readable(request, lookup));
        if (left == null) {
            return null;
        }
        recorder.held();
        Served served = left.fresh(now) ? Served.HIT : Served.STALE_BACKOFF;
        if (served.stale()) {
            recorder.servedStale(served);
        }
        return responder.stored(request, left, served, now);
    }

    /** Returns whether a caller of this request need not ask the origin, as the last attempt is recent. */
    static boolean suffice(Backoffs backoffs, CacheRequest request, Lookup lookup, long now) {
        return answered(request, readable(request, lookup), now) || failed(backoffs, request, now) != null;
    }

    private static @Nullable StoredResponse left(CacheRequest request, @Nullable StoredResponse stored) {
        StoredResponse seed = stored == null || stored.negative() ? request.seed() : null;
        return seed == null ? stored : seed;
    }

    private static boolean answered(CacheRequest request, @Nullable StoredResponse stored, long now) {
        return stored != null && request.recent(stored.receivedNanos(), now);
    }

    private static @Nullable StoredResponse readable(CacheRequest request, Lookup lookup) {
        StoredResponse stored = lookup.selected();
        return stored == null || request.unreadable(stored) != null ? null : stored;
    }

    private static @Nullable FailedAttempt failed(Backoffs backoffs, CacheRequest request, long now) {
        FailedAttempt failed = backoffs.lastFailed(request.backoffKey());
        return failed == null || !request.recent(failed.at(), now) ? null : failed;
    }
}
