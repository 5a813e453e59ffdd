package dev.fetchonce.internal.engine;

import java.util.HashSet;
import java.util.Set;

/** Drops all that the cache remembers of some URLs, and keeps their running fetches from being stored. Thread-safe. */
final class Invalidator {
    private final EngineContext parts;
    private final PartialResponses partial;

    Invalidator(EngineContext parts, PartialResponses partial) {
        this.parts = parts;
        this.partial = partial;
    }

    /** Invalidates these URLs in one walk of the flights; returns how many of them were stored or under way. */
    int of(Set<String> urls) {
        Set<String> had = new HashSet<>();
        partial.invalidate(urls);
        Set<FlightKey> flightKeys =
                parts.flights().invalidate(key -> urls.contains(key.key().url()), () -> forget(urls, had));
        flightKeys.forEach(key -> had.add(key.key().url()));
        return had.size();
    }

    /** Drops the stored responses and ends the backoffs: a caller that asks for an invalidated URL wants it fetched. */
    private void forget(Set<String> urls, Set<String> had) {
        parts.backoffs().removeIf(urls::contains);
        for (String url : urls) {
            if (parts.store().remove(url)) {
                had.add(url);
            }
        }
    }

    /** Returns every URL that is remembered or under way. */
    Set<String> urls() {
        Set<String> urls = new HashSet<>();
        parts.flights().keys().forEach(key -> urls.add(key.key().url())); // first: a flight that lands later is stored
        urls.addAll(partial.urls());
        urls.addAll(parts.store().urls());
        urls.addAll(parts.backoffs().urls());
        return urls;
    }
}
