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
 * JSON documents over HTTP as futures: stored and fresh, or fetched now, or stale where they cannot be fetched. What
 * Fetchonce's values do, without a thread that waits. Thread-safe.
 */
public final class AsyncCache implements AutoCloseable {
    private static final Duration STALE_IF_ERROR = Duration.ofDays(1);
    private static final int MAXIMUM_BODY_BYTES = 8 << 20;
    private static final int CONNECTIONS_PER_ORIGIN = 64;

    /** What an entry counts besides its body, as {@link Settings#maximumBytes} wants to know. */
    private static final int COUNTED = 1 << 10;

    /** What it counts for a record, in multiples of the body. */
    private static final int RECORD = 3;

    private final Cache<String, Entry> store;
    private final Machinery machinery = new Machinery();
    private final Patience patience;
    private final AsyncBackoffs backoffs;
    private final Flights flights;
    private volatile boolean closed;

    /** A cache with nothing stored. */
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
     * The document at a URL, bound to a class. Never blocks. Of a fresh one the future is complete, and the same for all;
     * else it is the caller's own, who may cancel it. It fails with an {@link AsyncFetchException} when the document cannot
     * be had and nothing stale stands in, and after the patience of the settings. What is hung onto it runs on a virtual
     * thread of the cache, or on the caller's.
     *
     * @param url an absolute http or https URL; each spelling is a document of its own
     * @param type an immutable class
     */
    @SuppressWarnings("unchecked") // a form of a type is of that type
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
        } catch (RuntimeException e) { // a URL that is none, say
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
                case Flights.Found.Aloft aloft -> {
                    Waiter<T> waiter = joined(aloft.flight(), type);
                    if (waiter != null) {
                        return waiter;
                    }
                }
                case Flights.Found.Mine mine -> {
                    Waiter<T> waiter = joined(mine.flight(), type);
                    if (waiter != null) { // else another joined before, and has left: with him it was given up
                        lead(mine.flight());
                        return waiter;
                    }
                }
            }
        }
    }

    /** One who waits for a flight from now on; null where it was given up. */
    private <T> @Nullable Waiter<T> joined(Flight flight, Class<T> type) {
        Waiter<T> waiter = new Waiter<>(flight, type, patience.deadline(System.nanoTime()));
        return flight.join(waiter) ? waiter : null;
    }

    /** Starts a flight that is installed and has been joined. */
    private void lead(Flight flight) {
        try {
            patience.watch(flight);
            flights.start(flight);
        } catch (Throwable e) { // whatever it is, somebody waits
            flights.broken(flight, e);
        }
        if (closed) { // after it was entered in the table: else close could have swept before
            flights.end(flight, closing());
        }
    }

    /** A stored entry as another type than it was decoded to, or one that is stale. */
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
     * Drops what is stored for a URL, and sees to it that no fetch under way is stored or joined. Those who wait already get
     * what they wait for.
     */
    public void invalidate(String url) {
        flights.invalidate(url);
    }

    /** Ends the cache: those who wait get an {@link AsyncFetchException}, its threads and connections end. */
    @Override
    public void close() {
        closed = true;
        flights.endAll(closing());
        machinery.close();
        store.invalidateAll();
    }

    /** Whether nothing is under way; for tests. */
    boolean idle() {
        return flights.none();
    }

    private static Failure closing() {
        return Failure.of(Reason.CLOSED, "the cache was closed");
    }
}
