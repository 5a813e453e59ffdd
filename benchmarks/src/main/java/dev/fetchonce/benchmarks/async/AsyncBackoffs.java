package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.backoff.BackoffKey;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.TargetUri;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The backoff of URLs and of origins, by Fetchonce's own rules. It decides whether a request may go out after failures.
 * Thread-safe.
 */
final class AsyncBackoffs {
    private static final BackoffDelay BACKOFF = new BackoffDelay(500_000_000L, 10_000_000_000L);
    private static final long LONGEST_REQUESTED = TimeUnit.HOURS.toNanos(1);

    private final Backoffs backoffs;

    /**
     * Makes a table without any backoff.
     *
     * @param overdueNanos how long a probe may be out before another may go
     */
    AsyncBackoffs(long overdueNanos) {
        this.backoffs = new Backoffs(
                System::nanoTime,
                BACKOFF,
                overdueNanos,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /** The answer to a flight that wants to send a request. */
    sealed interface Admission {
        /**
         * The flight may send its request. It calls {@link #returned} when the request has ended.
         *
         * @param probe the name of the probe, if the request is one
         */
        record Admitted(long probe) implements Admission {}

        /** A backoff keeps the request back. */
        record Refused(BackoffState backoff) implements Admission {}
    }

    private static BackoffKey key(String url, TargetUri target) {
        return new BackoffKey(url, target.text(), target.origin(), "");
    }

    private static BackoffKey key(Flight flight) {
        return key(flight.url(), flight.target());
    }

    /** Returns the backoff that keeps requests back now, or null. Takes no probe and locks nothing. */
    @Nullable
    BackoffState inForce(String url, TargetUri target, long now) {
        Outlook outlook = backoffs.outlook(key(url, target), now);
        return outlook.forbids() ? outlook.trouble() : null;
    }

    /** Asks for leave to send a request. When a backoff has ended, the request is its probe. */
    Admission admit(String url, TargetUri target, long now) {
        return admission(backoffs.admit(key(url, target), now));
    }

    /**
     * Asks again for leave on behalf of a flight that was admitted and has queued since. The flight first gives back
     * the probe that it had.
     */
    Admission admitAgain(Flight flight, long now) {
        return admission(backoffs.admitAgain(key(flight), flight.probe(), now));
    }

    private static Admission admission(Backoffs.Admission admission) {
        return switch (admission) {
            case Backoffs.Admitted admitted -> new Admission.Admitted(admitted.probe());
            case Backoffs.Refused refused ->
                new Admission.Refused(Objects.requireNonNull(refused.why().trouble(), "a backoff"));
        };
    }

    /** Records that an admitted request has ended, well or badly. */
    void returned(Flight flight) {
        backoffs.returned(key(flight), flight.probe());
    }

    /**
     * Records a failure.
     *
     * @param requested the wait that the origin requests, in nanoseconds, if it requests one
     * @param stored whether there is an answer to fall back on
     */
    void failed(Flight flight, Failure failure, OptionalLong requested, boolean stored, long now) {
        backoffs.landed(
                key(flight),
                flight.probe(),
                new BackoffUpdate.Failed(failure, FailureRule.covers(failure), requested, stored),
                now);
    }

    /** Records an answer. */
    void answered(Flight flight) {
        backoffs.landed(key(flight), flight.probe(), new BackoffUpdate.Answered(), System.nanoTime());
    }

    /** Ends the backoff of a URL whose stored response is dropped. */
    void forget(String url) {
        backoffs.forget(url::equals);
    }

    /** Returns the longest wait that an origin can request, in nanoseconds. */
    static long longestNanos() {
        return LONGEST_REQUESTED;
    }
}
