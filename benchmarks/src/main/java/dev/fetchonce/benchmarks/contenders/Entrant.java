package dev.fetchonce.benchmarks.contenders;

import java.util.Set;
import java.util.function.Function;

/**
 * Who is measured, what it can do, and how it is made.
 *
 * @param name what it is called, in tables and on command lines
 * @param kind what its callers get
 * @param traits what it does
 * @param maker makes one with nothing stored
 */
public record Entrant(String name, Kind kind, Set<Trait> traits, Function<Settings, Contender> maker) {
    /** What callers get, and so what a contender can be held against. */
    public enum Kind {
        /** Documents bound to a type, from memory as they are. */
        VALUES,
        /** Responses with a body in bytes. */
        EXCHANGES
    }

    /** What a contender does besides sending a request for each call. */
    public enum Trait {
        /** It keeps documents. */
        CACHES,
        /** Callers of a URL that is not there share a request. */
        COLLAPSES,
        /** What it keeps is bounded. */
        BOUNDED,
        /** A caller who loses patience leaves, and the others are not hurt. */
        PATIENT,
        /** What is kept grows stale and is asked for again. */
        EXPIRES,
        /** It asks whether what is stale has changed, rather than for all of it. */
        REVALIDATES,
        /** It stands in for an origin that fails. */
        COVERS
    }

    /** Whether it does that. */
    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** Makes one with nothing stored. */
    public Contender open(Settings settings) {
        return maker.apply(settings);
    }

    @Override
    public String toString() {
        return name;
    }
}
