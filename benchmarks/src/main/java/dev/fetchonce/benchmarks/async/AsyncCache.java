package dev.fetchonce.benchmarks.async;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.Reason;
import dev.fetchonce.benchmarks.contenders.Settings;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.json.JsonBinder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cache of JSON documents over HTTP that answers with futures. A document is stored and fresh, or fetched now, or
 * stale when it cannot be fetched. The cache does what Fetchonce's values API does, and no thread waits. Thread-safe.
 */
public final class AsyncCache implements AutoCloseable {
    private static final Duration STALE_IF_ERROR = Duration.ofDays(1);
    private static final int MAXIMUM_BODY_BYTES = 8 << 20;
    private static final int CONNECTIONS_PER_ORIGIN = 64;

    /** The bytes that an entry counts besides its body, for {@link Settings#maximumBytes}. */
    private static final int COUNTED = 1 << 10;

    /** The bytes that an entry counts for a decoded record, in multiples of the body. */
    private static final int RECORD = 3;

    private final Cache<String, Entry> store;
    private final Machinery machinery = new Machinery();
    private final Patience patience;
    private final AsyncBackoffs backoffs;
    private final Flights flights;
    private volatile boolean closed;

    /** Makes a cache with nothing stored. */
    public AsyncCache(Settings settings) {
        this.store = Caffeine.newBuilder()
                .maximumWeight(settings.maximumBytes(COUNTED + RECORD * settings.documentBytes()))
                .weigher((String url, Entry entry) -> entry.weight(url))
                .executor(Runnable::run)
                .build();
        this.patience = new Patience(Deadline.nanosOf(settings.patience()), machinery);
        this.backoffs = new AsyncBackoffs(Deadline.nanosOf(settings.timeout().plus(settings.patience())));
        Verdict.Judge judge = new Verdict.Judge(
                Deadline.nanosOf(settings.ttl()),
                STALE_IF_ERROR.toNanos(),
                new ContentCodings(MAXIMUM_BODY_BYTES, Map.of()),
                JsonBinder.create(JsonMapper.shared(), false));
        Fetches fetches = new Fetches(
                new AsyncExchange(machinery, settings.timeout(), MAXIMUM_BODY_BYTES),
                new AsyncPermits(CONNECTIONS_PER_ORIGIN, machinery.executor()),
                judge,
                Deadline.nanosOf(settings.timeout()));
        this.flights = new Flights(store, backoffs, fetches);
    }

    /**
     * Returns a future of the document at a URL, bound to a class. Never blocks. The future of a fresh document is
     * complete, and all callers share it. Another future belongs to its caller alone, and the caller may cancel it. The
     * future fails with an {@link AsyncFetchException} when the document cannot be fetched and no stale one stands in.
     * It also fails when the patience of the settings ends. A dependent action runs on a virtual thread of the cache,
     * or on the caller's thread.
     *
     * @param url an absolute http or https URL; each spelling is a document of its own
     * @param type an immutable class
     */
    @SuppressWarnings("unchecked") // the form of a type holds a value of that type
    public <T> CompletableFuture<T> get(String url, Class<T> type) {
        Entry entry = store.getIfPresent(url);
        if (entry != null && entry.fresh(System.nanoTime())) {
            CompletableFuture<Object> ready = entry.forms().ready(type);
            if (ready != null) {
                return (CompletableFuture<T>) ready;
            }
        }
        try {
            return missed(url, type);
        } catch (RuntimeException e) { // such as an invalid URL
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> CompletableFuture<T> missed(String url, Class<T> type) {
        while (true) {
            if (closed) {
                throw new IllegalStateException("the cache is closed");
            }
            switch (flights.find(url, type)) {
                case Flights.Found.Stored stored -> {
                    return decoded(url, stored.entry(), type);
                }
                case Flights.Found.Nothing nothing -> {
                    return CompletableFuture.failedFuture(new AsyncFetchException(nothing.failure()));
                }
                case Flights.Found.Joinable joinable -> {
                    Waiter<T> waiter = joined(joinable.flight(), type);
                    if (waiter != null) {
                        return waiter;
                    }
                }
                case Flights.Found.Mine mine -> {
                    Waiter<T> waiter = joined(mine.flight(), type);
                    if (waiter != null) { // else another caller joined before and left, and so gave the flight up
                        lead(mine.flight());
                        return waiter;
                    }
                }
            }
        }
    }

    /** Returns a waiter that has joined the flight, or null when the flight was given up. */
    private <T> @Nullable Waiter<T> joined(Flight flight, Class<T> type) {
        Waiter<T> waiter = new Waiter<>(flight, type, patience.deadline(System.nanoTime()));
        return flight.join(waiter) ? waiter : null;
    }

    /** Starts a flight that is installed and has been joined. */
    private void lead(Flight flight) {
        try {
            patience.watch(flight);
            flights.start(flight);
        } catch (Throwable e) { // any throwable must end the flight, because a caller waits for it
            flights.broken(flight, e);
        }
        if (closed) { // after the flight is in the table: otherwise close could have swept the table before
            flights.end(flight, closing());
        }
    }

    /** Returns a future of a stored entry in a type to which it was not yet decoded, or of a stale entry. */
    @SuppressWarnings("unchecked") // as in get
    private <T> CompletableFuture<T> decoded(String url, Entry entry, Class<T> type) {
        @Nullable CompletableFuture<Object> ready = entry.forms().ready(type);
        if (ready != null) {
            return (CompletableFuture<T>) ready;
        }
        CompletableFuture<Object> decoded = entry.forms().decoded(type, machinery.executor());
        return (CompletableFuture<T>) decoded.whenComplete((value, e) -> flights.reweigh(url));
    }

    /**
     * Drops the stored response of a URL. A fetch under way is neither stored nor joined any more. Callers that already
     * wait get the result of that fetch.
     */
    public void invalidate(String url) {
        flights.invalidate(url);
    }

    /** Ends the cache, its threads and its connections. Waiting callers get an {@link AsyncFetchException}. */
    @Override
    public void close() {
        closed = true;
        flights.endAll(closing());
        machinery.close();
        store.invalidateAll();
    }

    /** Reports whether no flight and no permit is in use; for tests. */
    boolean idle() {
        return flights.none();
    }

    private static Failure closing() {
        return Failure.of(Reason.CLOSED, "the cache was closed");
    }
}
