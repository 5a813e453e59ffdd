package dev.fetchonce.internal.engine;

import java.util.HashSet;
import java.util.Set;

/** Drops all that is remembered of some URLs, and lets no fetch of them that is under way be stored. Thread-safe. */
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
        Set<FlightKey> flown =
                parts.flights().invalidate(key -> urls.contains(key.key().url()), () -> forget(urls, had));
        flown.forEach(key -> had.add(key.key().url()));
        return had.size();
    }

    /** A caller that asks for an invalidated URL wants it fetched, so its gates are opened as well. */
    private void forget(Set<String> urls, Set<String> had) {
        parts.backoffs().forgetIf(urls::contains);
        for (String url : urls) {
            if (parts.store().remove(url)) {
                had.add(url);
            }
        }
    }

    /** Returns every URL of which anything is remembered or under way. */
    Set<String> urls() {
        Set<String> urls = new HashSet<>();
        parts.flights().keys().forEach(key -> urls.add(key.key().url())); // first: a flight that lands later is stored
        urls.addAll(partial.urls());
        urls.addAll(parts.store().urls());
        urls.addAll(parts.backoffs().urls());
        return urls;
    }
}
