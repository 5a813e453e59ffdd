package dev.fetchonce.benchmarks.contenders;

import java.util.Set;
import java.util.function.Function;

/**
 * A contender of the benchmarks: its name, its traits and its factory.
 *
 * @param name its name in tables and on command lines
 * @param kind the kind of answer that its callers get
 * @param traits the features that it has
 * @param maker makes a contender with nothing stored
 */
public record Entrant(String name, Kind kind, Set<Trait> traits, Function<Settings, Contender> maker) {
    /** The kind of answer that callers get. Only contenders of one kind can be compared. */
    public enum Kind {
        /** Documents bound to a type, from memory as they are. */
        VALUES,
        /** Responses with a body in bytes. */
        EXCHANGES
    }

    /** A feature of a contender besides sending a request for each call. */
    public enum Trait {
        /** It keeps documents. */
        CACHES,
        /** Callers of a URL that is not stored share a request. */
        COLLAPSES,
        /** It bounds the documents that it keeps. */
        BOUNDED,
        /** A caller whose patience ends leaves, and the others go on. */
        PATIENT,
        /** A document that it keeps grows stale, and it fetches the document again. */
        EXPIRES,
        /** It revalidates a stale document instead of fetching all of it. */
        REVALIDATES,
        /** A stored document stands in for an origin that fails. */
        COVERS
    }

    /** Reports whether it has a feature. */
    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** Makes a contender with nothing stored. */
    public Contender open(Settings settings) {
        return maker.apply(settings);
    }

    @Override
    public String toString() {
        return name;
    }
}
