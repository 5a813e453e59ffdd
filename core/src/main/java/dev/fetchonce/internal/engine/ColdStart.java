package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Knocker;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.FailureScope;
import java.time.Duration;
import java.util.Optional;

/**
 * The waits of callers for which nothing is stored while their origin is in trouble. A URL that has not failed waits for
 * its turn at a sick host. With {@code waitForFirst} a caller also waits and asks again after a failure. Thread-safe.
 */
final class ColdStart {
    private final CachePolicy policy;
    private final Backoffs backoffs;
    private final Knocker knocker;
    private final CacheClock clock;

    ColdStart(CachePolicy policy, Backoffs backoffs, Knocker knocker, CacheClock clock) {
        this.policy = policy;
        this.backoffs = backoffs;
        this.knocker = knocker;
        this.clock = clock;
    }

    /** Returns the request with the patience of its caller, which is another one where no response may stand in. */
    CacheRequest patient(CacheRequest request, Lookup lookup) {
        Optional<Duration> waitForFirst = policy.failurePolicy().waitForFirst();
        return waitForFirst.isPresent()
                        && request.patience().equals(policy.patience())
                        && mayWaitForFirst(request)
                        && request.usable(lookup.standing(), clock.now()) == null
                ? request.withPatience(waitForFirst.get())
                : request;
    }

    /** Returns whether the request is of a kind that waits for a first answer; a limit on the attempts excludes that. */
    private static boolean mayWaitForFirst(CacheRequest request) {
        return request.callerKind() == CallerKind.VALUE_API && !request.acceptsRecent();
    }

    /** Returns whether the caller of a {@linkplain #patient patient} request waits for a first answer. */
    private boolean waitsForFirst(CacheRequest request) {
        return mayWaitForFirst(request)
                && policy.failurePolicy()
                        .waitForFirst()
                        .filter(request.patience()::equals)
                        .isPresent();
    }

    /**
     * Waits until the caller may ask its origin again, where that may be within its patience.
     *
     * @param answer the answer that the caller would get now
     * @return whether the caller asks again; otherwise the answer stands
     */
    boolean awaits(CacheRequest request, Answer answer) throws InterruptedException {
        if (!(answer instanceof Answer.Unsuccessful failed)
                || !request.callerKind().backsOff()
                || request.until().passed()) {
            return false;
        }
        boolean held = failed instanceof Answer.Held; // by a backoff that may have ended by now
        return FailureScope.of(failed.failure()).counts()
                && switch (backoffs.outlook(request.backoffKey(), clock.now())) {
                    case Outlook.Clear clear -> held;
                    case Outlook.Counted counted -> held;
                    case Outlook.InTurn turn -> awaitsTurn(request);
                    case Outlook.Due due -> held || waitsForFirst(request);
                    case Outlook.Held still -> waitsForFirst(request) && awaitsNextLook(request);
                };
    }

    /**
     * Waits for the turn of the caller. Thousands of callers wake for one turn, so a caller that does not get it goes on
     * waiting here.
     */
    private boolean awaitsTurn(CacheRequest request) throws InterruptedException {
        do {
            if (!awaitsNextLook(request)) {
                return false;
            }
        } while (backoffs.open() && backoffs.outlook(request.backoffKey(), clock.now()) instanceof Outlook.InTurn);
        return true;
    }

    /**
     * Waits for the next look, at most for the patience of the caller. The time of that look may be the one at which a
     * probe is overdue, and the probe nearly always returns earlier; so the caller waits even where that time is late.
     */
    private boolean awaitsNextLook(CacheRequest request) throws InterruptedException {
        long left = request.until().left();
        if (left <= 0) {
            return false;
        }
        knocker.asked(request.target().origin(), request.target().uri());
        backoffs.await(request.backoffKey(), left);
        return true;
    }
}
