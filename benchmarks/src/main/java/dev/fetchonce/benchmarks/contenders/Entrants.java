package dev.fetchonce.benchmarks.contenders;

import static dev.fetchonce.benchmarks.contenders.Entrant.Kind.EXCHANGES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Kind.VALUES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.BOUNDED;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.CACHES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.COLLAPSES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.COVERS;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.EXPIRES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.PATIENT;
import static dev.fetchonce.benchmarks.contenders.Entrant.Trait.REVALIDATES;

import dev.fetchonce.benchmarks.contenders.Entrant.Trait;
import dev.fetchonce.benchmarks.results.Names;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** All who are measured. */
public final class Entrants {
    private static final Set<Trait> ALL = EnumSet.allOf(Trait.class);

    /** Fetchonce, asked for documents bound to a record. */
    public static final Entrant FETCHONCE = new Entrant(Names.FETCHONCE, VALUES, ALL, FetchonceValues::typed);

    /** Fetchonce, asked for frozen trees. */
    public static final Entrant FETCHONCE_TREE = new Entrant(Names.FETCHONCE_TREE, VALUES, ALL, FetchonceValues::trees);

    /** Fetchonce as a client that obeys HTTP. It stands in where the response allows it (RFC 5861). */
    public static final Entrant FETCHONCE_CLIENT =
            new Entrant(Names.FETCHONCE_CLIENT, EXCHANGES, ALL, FetchonceClient::new);

    /** The same cache as futures. */
    public static final Entrant ASYNC = new Entrant(Names.ASYNC, VALUES, ALL, AsyncVariant::new);

    /** The JDK's client as it comes. Its callers' patience ends with the head of a response, before JDK 26. */
    public static final Entrant HTTP_CLIENT =
            new Entrant(Names.HTTP_CLIENT, EXCHANGES, EnumSet.of(PATIENT), PlainClient::new);

    /** The JDK's client, tuned by hand. Its callers' patience begins anew once they have a permit, and ends as above. */
    public static final Entrant HTTP_CLIENT_TUNED =
            new Entrant(Names.HTTP_CLIENT_TUNED, EXCHANGES, EnumSet.of(PATIENT), TunedClient::new);

    /**
     * Caffeine's loading cache. Callers of a URL share a success; after a failure each tries again, one after another. Nobody
     * leaves before the exchange ends.
     */
    public static final Entrant CAFFEINE =
            new Entrant(Names.CAFFEINE, VALUES, EnumSet.of(CACHES, COLLAPSES, BOUNDED, EXPIRES), CaffeineLoading::new);

    /** Caffeine's asynchronous loading cache. Callers of a URL share failures as well. */
    public static final Entrant CAFFEINE_ASYNC = new Entrant(
            Names.CAFFEINE_ASYNC, VALUES, EnumSet.of(CACHES, COLLAPSES, BOUNDED, PATIENT, EXPIRES), CaffeineAsync::new);

    /** A map of tasks. Followers leave when they lose patience, but who leads cannot: so it is not called patient. */
    public static final Entrant MEMOIZER =
            new Entrant(Names.FUTURE_TASK, VALUES, EnumSet.of(CACHES, COLLAPSES, BOUNDED, EXPIRES), Memoizer::new);

    /**
     * Methanol. Its callers' patience is that of the JDK's client. It stands in where the response allows it (RFC 5861), for a
     * 5xx and for a connection that is refused, but not for an origin that is silent.
     */
    public static final Entrant METHANOL = new Entrant(
            Names.METHANOL,
            EXCHANGES,
            EnumSet.of(CACHES, BOUNDED, PATIENT, EXPIRES, REVALIDATES, COVERS),
            MethanolCache::new);

    /**
     * Apache HttpClient's cache. Its callers' patience bounds each wait for bytes, not all of them. It stands in whatever the
     * response says, unless that is {@code no-cache} or the like. What is stale when it arrives is kept, and so asked for
     * conditionally, only where the response is {@code public} or {@code private} or has a date on which it expires.
     */
    public static final Entrant APACHE = new Entrant(
            Names.APACHE,
            EXCHANGES,
            EnumSet.of(CACHES, BOUNDED, PATIENT, EXPIRES, REVALIDATES, COVERS),
            ApacheCache::new);

    /** OkHttp's cache, of files. Among the peers that are HTTP clients only its callers' patience bounds the whole call. */
    public static final Entrant OKHTTP = new Entrant(
            Names.OKHTTP, EXCHANGES, EnumSet.of(CACHES, BOUNDED, PATIENT, EXPIRES, REVALIDATES), OkHttpCache::new);

    private Entrants() {}

    /** All of them, in the order of the tables. */
    public static List<Entrant> all() {
        return List.of(
                FETCHONCE,
                FETCHONCE_TREE,
                FETCHONCE_CLIENT,
                ASYNC,
                HTTP_CLIENT,
                HTTP_CLIENT_TUNED,
                CAFFEINE,
                CAFFEINE_ASYNC,
                MEMOIZER,
                METHANOL,
                APACHE,
                OKHTTP);
    }

    /**
     * The one of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Entrant named(String name) {
        return all().stream()
                .filter(entrant -> entrant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("nobody is called " + name + "; there are " + all()));
    }
}
