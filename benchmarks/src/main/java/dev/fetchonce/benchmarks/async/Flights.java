package dev.fetchonce.benchmarks.async;

import com.github.benmanes.caffeine.cache.Cache;
import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.TargetUri;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The table of flights, one a URL. Thread-safe.
 *
 * <p>The map's atomic step on a URL is the lock of all that is known of it. In one such step a flight is installed,
 * after a second look at the store and the backoff. In one such step it publishes and leaves the table. In one such
 * step an invalidation detaches the flight and drops the stored response. A flight that is not in the table publishes
 * nothing. The waiters get the outcome after that step, outside of the lock.
 */
final class Flights {
    private final ConcurrentMap<String, Flight> flights = new ConcurrentHashMap<>();
    private final Cache<String, Entry> store;
    private final AsyncBackoffs backoffs;
    private final Fetches fetches;

    Flights(Cache<String, Entry> store, AsyncBackoffs backoffs, Fetches fetches) {
        this.store = store;
        this.backoffs = backoffs;
        this.fetches = fetches;
    }

    /** The possible results for a caller who wants a document that is not fresh. */
    sealed interface Found {
        /** The document is stored: it is fresh by now, or stale while a backoff lasts. */
        record Stored(Entry entry) implements Found {}

        /** No usable document is stored, and a backoff lasts. */
        record Nothing(Failure failure) implements Found {}

        /** Another caller leads a flight. */
        record Joinable(Flight flight) implements Found {}

        /** The caller leads a new flight: it must join the flight and start it. */
        record Mine(Flight flight) implements Found {}
    }

    /**
     * Returns the flight to join, or installs a new one.
     *
     * @param type the type that the leader wants
     * @throws IllegalArgumentException when the URL is invalid
     */
    Found find(String url, Class<?> type) {
        Flight known = flights.get(url);
        long now = System.nanoTime();
        if (known != null && known.overdue(now)) {
            Failure failure = Failure.of(Reason.TIMEOUT, known.target().origin() + ": the fetch did not end");
            fail(known, failure, OptionalLong.empty());
        } else if (known != null && !known.givenUp()) {
            return new Found.Joinable(known);
        }
        Entry stored = store.getIfPresent(url);
        TargetUri target = stored == null ? TargetUri.parse(url) : stored.target();
        BackoffState backoff = backoffs.inForce(url, target, now);
        return backoff == null ? install(url, target, type, now) : held(stored, backoff, now);
    }

    private Found install(String url, TargetUri target, Class<?> type, long now) {
        @Nullable Found[] found = new Found[1];
        Flight mine = new Flight(url, target, type, this::abandoned);
        flights.compute(url, (same, known) -> {
            if (known != null && !known.givenUp()) {
                found[0] = new Found.Joinable(known);
                return known;
            }
            Entry stored = store.getIfPresent(url);
            if (stored != null && stored.fresh(now)) {
                found[0] = new Found.Stored(stored);
                return null;
            }
            return switch (backoffs.admit(url, target, now)) {
                case AsyncBackoffs.Admission.Refused refused -> {
                    found[0] = held(stored, refused.backoff(), now);
                    yield null;
                }
                case AsyncBackoffs.Admission.Admitted admitted -> {
                    mine.admitted(admitted.probe(), stored);
                    yield mine;
                }
            };
        });
        return found[0] == null ? new Found.Mine(mine) : found[0];
    }

    private static Found held(@Nullable Entry stored, BackoffState backoff, long now) {
        return stored != null && (stored.fresh(now) || stored.usable(now))
                ? new Found.Stored(stored)
                : new Found.Nothing(backoff.last());
    }

    /**
     * Asks for leave once more for a flight that has queued. Returns the backoff that keeps it back by now, or null.
     */
    @Nullable
    BackoffState closed(Flight flight) {
        return switch (backoffs.admitAgain(flight, System.nanoTime())) {
            case AsyncBackoffs.Admission.Admitted admitted -> {
                flight.admitted(admitted.probe(), flight.pinned());
                if (flight.givenUp()) { // it was given up in between, and then gave back only its former probe
                    backoffs.returned(flight);
                }
                yield null;
            }
            case AsyncBackoffs.Admission.Refused refused -> refused.backoff();
        };
    }

    /** Ends a flight that a backoff keeps back. This says nothing about its origin. */
    void keepBack(Flight flight, BackoffState backoff) {
        flights.remove(flight.url(), flight);
        flight.end(new Outcome.Failed(new AsyncFetchException(backoff.last()), flight.usable(System.nanoTime())));
    }

    /** Starts a flight that is installed and has been joined. */
    void start(Flight flight) {
        fetches.start(flight, this);
    }

    /** Lands a flight that has an answer. */
    void land(Flight flight, Entry entry) {
        flights.computeIfPresent(flight.url(), (url, registered) -> {
            if (registered != flight) {
                return registered;
            }
            backoffs.answered(flight);
            store.put(url, entry);
            return null;
        });
        backoffs.returned(flight);
        int weighed = entry.weight(flight.url());
        flight.end(new Outcome.Landed(entry));
        if (entry.weight(flight.url()) != weighed) { // a waiter wanted another type
            reweigh(flight.url());
        }
    }

    /**
     * Ends a flight that has failed.
     *
     * @param retryAfter how long the origin asked to be left alone, in nanoseconds
     */
    void fail(Flight flight, Failure failure, OptionalLong retryAfter) {
        long now = System.nanoTime();
        Entry usable = FailureRule.covers(failure) ? flight.usable(now) : null;
        flights.computeIfPresent(flight.url(), (url, registered) -> {
            if (registered != flight) {
                return registered;
            }
            backoffs.failed(flight, failure, retryAfter, usable != null, now);
            if (FailureRule.revokes(failure)) {
                store.invalidate(url);
            }
            return null;
        });
        backoffs.returned(flight);
        flight.end(new Outcome.Failed(new AsyncFetchException(failure), usable));
    }

    /** Ends a flight that has failed in an unforeseen way. */
    void broken(Flight flight, Throwable e) {
        Failure failure = Failure.of(Reason.INTERNAL, flight.target().origin() + " could not be asked", e);
        try {
            fail(flight, failure, OptionalLong.empty());
        } catch (Throwable again) { // so that no caller waits for ever
            end(flight, failure);
        }
    }

    /** Ends a flight that has queued and whose last waiter has left. */
    private void abandoned(Flight flight) {
        flights.remove(flight.url(), flight);
        backoffs.returned(flight);
        flight.end(new Outcome.Failed(new AsyncFetchException(Failure.of(Reason.PATIENCE, "no caller waits")), null));
    }

    /** Ends a flight. This says nothing about its origin. */
    void end(Flight flight, Failure why) {
        flights.remove(flight.url(), flight);
        backoffs.returned(flight);
        flight.end(new Outcome.Failed(new AsyncFetchException(why), null));
    }

    /** Ends all flights. */
    void endAll(Failure why) {
        flights.values().forEach(flight -> end(flight, why));
    }

    /** Detaches the flight of a URL, and drops its stored response. */
    void invalidate(String url) {
        flights.compute(url, (same, detached) -> {
            if (detached != null) {
                detached.invalidate();
            }
            store.invalidate(url);
            backoffs.forget(url);
            return null;
        });
    }

    /** Reports whether there are no flights and no permits in use. */
    boolean none() {
        return flights.isEmpty() && fetches.permits().origins() == 0;
    }

    /** Weighs an entry again after another value was decoded from it. */
    void reweigh(String url) {
        store.asMap().computeIfPresent(url, (same, entry) -> entry);
    }
}
