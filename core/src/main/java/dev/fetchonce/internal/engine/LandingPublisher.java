package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.flight.FlightResult;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.origin.StreamingBody;
import dev.fetchonce.internal.store.MemoryStore;
import dev.fetchonce.internal.store.PassMarkers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The publisher of landings: it carries out their plans. Stored responses and backoffs change before the flight leaves
 * its table, under the flight's lock; the log follows after the release of the waiters. Thread-safe.
 */
final class LandingPublisher {
    /** The time that a body waits for its caller. A released caller claims its body at once, unless it has left. */
    private static final Duration UNCLAIMED = Duration.ofSeconds(2);

    private final MemoryStore store;
    private final Seeds seeds;
    private final PassMarkers passMarkers;
    private final Backoffs backoffs;
    private final CacheClock clock;
    private final Recorder recorder;
    private final AtomicLong landings = new AtomicLong();

    LandingPublisher(
            MemoryStore store,
            Seeds seeds,
            PassMarkers passMarkers,
            Backoffs backoffs,
            CacheClock clock,
            Recorder recorder) {
        this.store = store;
        this.seeds = seeds;
        this.passMarkers = passMarkers;
        this.backoffs = backoffs;
        this.clock = clock;
        this.recorder = recorder;
    }

    /**
     * Returns the result of a flight whose end has this plan, and counts it.
     *
     * @param probe the name under which the fetch was admitted
     * @param leaderLeft whether the leader has left, so that a live body waits for no caller
     * @param counted whether a failure of the fetch has been counted: several threads may retire a flight at once, and
     *     its own thread may fail as well
     */
    FlightResult<FlightOutcome> resultOf(
            CacheRequest request, LandingPlan plan, long probe, BooleanSupplier leaderLeft, AtomicBoolean counted) {
        switch (plan.outcome()) {
            case FlightOutcome.Fetched fetched -> recorder.fetched(request, fetched.renewed());
            case FlightOutcome.Streaming streaming -> recorder.fetched(request, false);
            case FlightOutcome.Undecodable undecodable -> failed(request, undecodable.failure(), counted);
            case FlightOutcome.Failed failed -> failed(request, failed.failure(), counted);
            case FlightOutcome.Growing growing -> {} // the flight for the rest of the body counts
            case FlightOutcome.Outgrown outgrown -> {}
            case FlightOutcome.AlreadyStored found -> {}
            case FlightOutcome.Rekeyed rekeyed -> {}
            case FlightOutcome.Overtaken overtaken -> {}
            case FlightOutcome.BackedOff backedOff -> {}
        }
        Landing landing = new Landing(request, plan, probe, leaderLeft);
        return new FlightResult<>(plan.outcome(), landing::publish, landing::afterwards);
    }

    private void failed(CacheRequest request, Failure failure, AtomicBoolean counted) {
        if (counted.compareAndSet(false, true)) {
            recorder.fetchFailed(request, failure);
        }
    }

    /**
     * Returns the result of a flight that was called off. The code that called it off has ended the flight, and has
     * counted it where it counts. A probe reveals nothing about its origin then. It is given back at once, as the flight
     * may have been detached and never have had a thread.
     */
    FlightResult<FlightOutcome> calledOff(CacheRequest request, long probe) {
        backoffs.returned(request.backoffKey(), probe);
        Failure failure = Failure.of(
                Reason.INTERNAL,
                "the thread that fetched from " + request.target().name() + " was interrupted");
        return FlightResult.of(new FlightOutcome.Failed(failure));
    }

    /**
     * The effects of one publication, which the events after it tell of.
     *
     * @param landing its number, which grows in the order of the publications
     * @param at its time on the cache's monotonic clock; zero where nothing has changed
     * @param backoff the backoff until now where the origin has answered, and from now on where it has failed; or null
     * @param fits whether the store can hold what has changed
     */
    record Published(long landing, long at, @Nullable BackoffState backoff, boolean fits) {}

    /** One landing; both steps run on the thread that ends the flight. */
    private final class Landing {
        private final CacheRequest request;
        private final LandingPlan plan;
        private final long probe;
        private final BooleanSupplier leaderLeft;

        /** Null before the publication, and for a flight that was detached and publishes nothing. */
        private @Nullable Published published;

        Landing(CacheRequest request, LandingPlan plan, long probe, BooleanSupplier leaderLeft) {
            this.request = request;
            this.plan = plan;
            this.probe = probe;
            this.leaderLeft = leaderLeft;
        }

        void publish() {
            if (changesNothing()) { // then a clock of the application that throws does no harm
                backoffs.returned(request.backoffKey(), probe);
                published = new Published(landings.incrementAndGet(), 0, null, true);
                return;
            }
            long now = clock.now();
            // The backoffs first: where a change throws, the probe is back and the origin's answer counts.
            BackoffState backoff = backoffs.landed(request.backoffKey(), probe, plan.backoff(), now);
            boolean fits = true;
            for (Change change : plan.changes()) {
                fits &= store.apply(change, now);
            }
            if (seeds != Seeds.NONE) { // after the store: a caller finds the seed or the response in its place
                seeds.landed(request.key(), plan);
            }
            switch (plan.marking()) {
                case MARK -> passMarkers.mark(request.key().text(), now);
                case CLEAR -> passMarkers.clear(request.key().text());
                case KEEP -> {}
            }
            published = new Published(landings.incrementAndGet(), now, backoff, fits);
        }

        private boolean changesNothing() {
            return plan.changes().isEmpty()
                    && plan.marking() == LandingPlan.Marking.KEEP
                    && plan.backoff() instanceof BackoffUpdate.Unchanged;
        }

        void afterwards() {
            Published effects = published;
            if (effects == null) {
                backoffs.returned(request.backoffKey(), probe);
            }
            switch (plan.outcome()) {
                case FlightOutcome.Streaming streaming ->
                    unclaimed(streaming.exchange().body());
                case FlightOutcome.Growing growing ->
                    unclaimed(growing.exchange().body());
                default -> {}
            }
            if (effects != null) {
                recorder.landed(
                        request,
                        plan,
                        effects,
                        plan.backoff() instanceof BackoffUpdate.Failed
                                ? Troubles.of(backoffs, request, clock)
                                : Optional.empty());
            }
        }

        /** Closes the connection of a body that its caller does not claim. */
        private void unclaimed(StreamingBody body) {
            body.abandonUnlessClaimed(leaderLeft.getAsBoolean() ? Duration.ZERO : UNCLAIMED);
        }
    }
}
