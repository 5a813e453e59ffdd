package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.flight.FlightTable;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.store.MemoryStore;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Drops all that the cache remembers of some URLs, and keeps their running fetches from being stored. Thread-safe. */
public final class Invalidator {
    private final FlightTable<FlightKey, FlightOutcome> flights;
    private final MemoryStore store;
    private final Backoffs backoffs;
    private final PartialResponses partialResponses;
    private final CacheClock clock;

    Invalidator(
            FlightTable<FlightKey, FlightOutcome> flights,
            MemoryStore store,
            Backoffs backoffs,
            PartialResponses partialResponses,
            CacheClock clock) {
        this.flights = flights;
        this.store = store;
        this.backoffs = backoffs;
        this.partialResponses = partialResponses;
        this.clock = clock;
    }

    /**
     * Invalidates a URL, and lets one probe of its host go; returns whether the URL was stored or being fetched.
     */
    public boolean invalidate(TargetUri target) {
        boolean had = invalidate(Set.of(target.text())) > 0;
        backoffs.probeNow(Set.of(target.origin()), clock.now());
        return had;
    }

    /** Invalidates every matching URL that is stored or being fetched; returns their number. */
    public int invalidateIf(Predicate<String> test) {
        Set<String> urls = urls();
        urls.removeIf(test.negate()); // before any response is dropped, as the test may throw
        int had = invalidate(urls);
        if (!backoffs.clear()) { // otherwise no origin needs to be read from many URLs
            backoffs.probeNow(
                    urls.stream().map(url -> TargetUri.parse(url).origin()).collect(Collectors.toUnmodifiableSet()),
                    clock.now());
        }
        return had;
    }

    /** Invalidates the URLs that a request has made outdated. */
    public void outdated(Set<TargetUri> targets) {
        if (!targets.isEmpty()) {
            invalidate(targets.stream().map(TargetUri::text).collect(Collectors.toUnmodifiableSet()));
        }
    }

    /** Invalidates these URLs in one walk of the flights; returns how many of them were stored or under way. */
    private int invalidate(Set<String> urls) {
        Set<String> had = new HashSet<>();
        partialResponses.invalidate(urls);
        Set<FlightKey> flown = flights.invalidate(key -> urls.contains(key.key().url()), () -> forget(urls, had));
        flown.forEach(key -> had.add(key.key().url()));
        return had.size();
    }

    /** Drops the stored responses and ends the backoffs: a caller that asks for an invalidated URL wants it fetched. */
    private void forget(Set<String> urls, Set<String> had) {
        backoffs.forget(urls::contains);
        for (String url : urls) {
            if (store.remove(url)) {
                had.add(url);
            }
        }
    }

    /** Ends the waits of a URL and of its host; all responses stay stored. */
    public void retryNow(TargetUri target) {
        backoffs.retryNow(target.text()::equals, Set.of(target.origin()), clock.now());
    }

    /** Ends the waits of all URLs and hosts; all responses stay stored. */
    public void retryNow() {
        backoffs.retryNow(clock.now());
    }

    /** Returns every URL that is remembered or under way. */
    private Set<String> urls() {
        Set<String> urls = new HashSet<>();
        flights.keys().forEach(key -> urls.add(key.key().url())); // first: a flight that lands later is stored
        urls.addAll(partialResponses.urls());
        urls.addAll(store.urls());
        urls.addAll(backoffs.urls());
        return urls;
    }

    /** Drops all stored responses of a cache that is closed. */
    void drop() {
        store.urls().forEach(store::remove);
    }
}
