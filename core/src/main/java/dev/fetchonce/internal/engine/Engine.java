package dev.fetchonce.internal.engine;

import dev.fetchonce.Served;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Knocker;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.TooManyWaitersException;
import dev.fetchonce.internal.http.caching.Reuse;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.store.MemoryStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One get, from the request to the answer: look up, decide, fly, land, answer (docs/architecture.md). Only this class
 * knows all the steps; other classes carry them out. Thread-safe.
 */
public final class Engine {
    private static final Outlook CLEAR = new Outlook.Clear();

    private final MemoryStore store;
    private final Backoffs backoffs;
    private final CacheClock clock;
    private final double ahead;
    private final SharedFetches fetches;
    private final BackgroundRefreshes background;
    private final RecentAttempts recentAttempts;
    private final Responder responder;
    private final ColdStart coldStart;
    private final Knocker knocker;
    private final Recorder recorder;
    private volatile boolean closed;

    /**
     * Makes the engine of one cache.
     *
     * @param ahead the fraction of its freshness lifetime after which a stored response is renewed; 1 means never
     */
    Engine(
            MemoryStore store,
            Backoffs backoffs,
            CacheClock clock,
            double ahead,
            SharedFetches fetches,
            BackgroundRefreshes background,
            RecentAttempts recentAttempts,
            Responder responder,
            ColdStart coldStart,
            Knocker knocker,
            Recorder recorder) {
        this.store = store;
        this.backoffs = backoffs;
        this.clock = clock;
        this.ahead = ahead;
        this.fetches = fetches;
        this.background = background;
        this.recentAttempts = recentAttempts;
        this.responder = responder;
        this.coldStart = coldStart;
        this.knocker = knocker;
        this.recorder = recorder;
    }

    /**
     * Answers one caller, which waits no longer than its patience. An {@link Answer.Failed} has the reason CLOSED when the
     * cache is closed meanwhile; {@link #requireOpen} serves calls that begin later.
     *
     * @throws InterruptedException when the calling thread is or becomes interrupted while it waits; other callers are
     *     not affected
     * @throws IllegalStateException when the thread of a flight would wait for that very flight
     */
    public Answer ask(CacheRequest asked) throws InterruptedException {
        Lookup lookup = Lookup.of(store, asked);
        CacheRequest request = coldStart.patient(asked, lookup);
        long now = clock.now();
        Answer atOnce = atOnce(request, lookup, now);
        if (atOnce == null || awaits(request, lookup, atOnce)) {
            return fetched(request, lookup, now);
        }
        if (atOnce instanceof Answer.Held) {
            recorder.held();
        }
        return atOnce;
    }

    /**
     * Answers a request that needs a fetch.
     *
     * @param found the entries stored for the request just now
     * @param at the time of that look, on the cache's monotonic clock
     */
    private Answer fetched(CacheRequest request, Lookup found, long at) throws InterruptedException {
        long asked = System.nanoTime(); // the clock of flights; the other times are of the cache's clock
        Lookup lookup = found;
        long now = at;
        boolean alone = false;
        for (boolean first = true; ; first = false) {
            FlightMembership membership;
            try {
                membership = fetches.join(request, lookup, alone, now);
            } catch (TooManyWaitersException e) {
                return responder.tooManyWaiters(request, lookup.standing());
            }
            if (first) {
                recorder.joined(membership.leader());
            }
            try {
                FlightOutcome outcome = fetches.await(request, membership);
                Optional<Answer> answer = responder.of(request, membership, outcome, asked);
                if (answer.isPresent() && !coldStart.awaits(request, answer.get())) {
                    return answer.get();
                }
                alone = answer.isEmpty() && FlightMembership.isForOne(request, outcome);
            } catch (TimeoutException e) {
                return responder.impatient(request, membership);
            }
            if (closed) { // otherwise the caller would ask again without an end
                return new Answer.Failed(Failure.closed(request.target().name()), Optional.empty(), null);
            }
            lookup = Lookup.of(store, request);
            now = clock.now();
            Answer atOnce = atOnce(request, lookup, now);
            if (atOnce != null && !awaits(request, lookup, atOnce)) {
                return atOnce;
            }
        }
    }

    /**
     * Waits where a caller that a backoff holds back may ask within its patience, and returns whether it asks then;
     * otherwise the answer stands.
     */
    private boolean awaits(CacheRequest request, Lookup lookup, Answer atOnce) throws InterruptedException {
        if (!(atOnce instanceof Answer.Held held)) {
            return false;
        }
        if (coldStart.awaits(request, held)) {
            return true;
        }
        responder.recordOutage(request, lookup.standing(), held);
        return false;
    }

    /**
     * Returns the answer to a request that needs no flight or must not start a flight; null when it needs one. Does not
     * wait.
     */
    private @Nullable Answer atOnce(CacheRequest request, Lookup lookup, long now) {
        Answer recent = request.acceptsRecent() ? recentAttempts.answer(request, lookup, now) : null;
        if (recent != null) {
            return recent;
        }
        Outlook outlook = request.callerKind().backsOff() && !backoffs.clear()
                ? backoffs.outlook(request.backoffKey(), now)
                : CLEAR;
        return switch (Reuse.decide(
                lookup.selected(), outlook.forbids() ? outlook.trouble() : null, ahead, request.demand(), now)) {
            case Reuse.Serve serve -> responder.atOnce(request, serve.stored(), Served.STALE, now);
            case Reuse.ServeAndRefresh serve -> {
                background.refresh(request, lookup, serve.stored());
                yield responder.atOnce(request, serve.stored(), Served.STALE_WHILE_REVALIDATE, now);
            }
            case Reuse.Decline decline -> {
                recorder.missed();
                yield responder.declined(request);
            }
            case Reuse.BackOff backOff -> held(request, lookup, outlook, now);
            case Reuse.Revalidate revalidate -> probed(request, lookup, outlook, now);
            case Reuse.Miss miss -> probed(request, lookup, outlook, now);
        };
    }

    /** Answers a request that a backoff forbids now; null where the caller may ask all the same. */
    private @Nullable Answer held(CacheRequest request, Lookup lookup, Outlook outlook, long now) {
        knocker.asked(request.target().origin(), request.target().uri());
        Answer left = request.acceptsRecent() ? recentAttempts.heldBack(request, lookup, now) : null;
        if (left != null) {
            return left;
        }
        // A caller without a stored response to fall back on joins the probe.
        if (request.usable(lookup.standing(), now) == null && fetches.isJoinable(lookup.flightKey(request))) {
            return null;
        }
        Answer answer = responder.backedOff(request, lookup.standing(), outlook);
        if (answer instanceof Answer.Response) {
            recorder.held();
        }
        return answer;
    }

    /**
     * Answers a request while its origin is in trouble and a stale response may stand in: a fetch in the background
     * looks whether the trouble is over. Null where the caller must fetch itself.
     */
    private @Nullable Answer probed(CacheRequest request, Lookup lookup, Outlook outlook, long now) {
        if (!(outlook instanceof Outlook.Due) || request.afresh() || request.usable(lookup.standing(), now) == null) {
            return null;
        }
        Answer answer = responder.backedOff(request, lookup.standing(), outlook);
        if (answer instanceof Answer.Held) { // the stale response does not stand in for such a failure
            return null;
        }
        background.probe(request, lookup);
        recorder.held();
        return answer;
    }

    /**
     * Answers a request whose own answer, a redirect, led to a failure: with its stored response, if that may stand
     * in.
     */
    public Answer standIn(CacheRequest request, Failure failure) {
        return responder.standIn(request, failure);
    }

    /** Returns whether a response of this request's URL, from before it redirected, may stand in for a failure now. */
    public boolean mayStandIn(CacheRequest request) {
        return !request.afresh() && request.usable(Lookup.success(store, request), clock.now()) != null;
    }

    /**
     * Returns the answer that the stored response alone can give, or null. Does not wait, holds no request back, and
     * starts no flight except to renew that response.
     */
    public Answer.@Nullable Response reusable(CacheRequest request) {
        return switch (atOnce(request, Lookup.of(store, request), clock.now())) {
            case Answer.Response given -> given;
            case Answer.Failed failed -> failed.answered();
            case Answer.Held held -> null;
            case null -> null;
            case Answer.Streaming live ->
                throw new IllegalStateException("a streaming answer comes from a flight, not from the store");
        };
    }

    /** Returns the answer with a part of a stored response that may be used. */
    public Answer.Response part(CacheRequest request, StoredResponse part) {
        return (Answer.Response) responder.atOnce(request, part, Served.STALE, clock.now());
    }

    /** Ends all fetches and knocks; returns whether their threads ended within the bound. Later requests are refused. */
    boolean close(Duration bound) {
        closed = true;
        Deadline deadline = Deadline.after(bound);
        backoffs.close();
        boolean landed = fetches.close(bound);
        return knocker.close(deadline) && landed;
    }

    /**
     * Checks that the cache is open.
     *
     * @throws IllegalStateException when it is closed
     */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this cache is closed");
        }
    }
}
