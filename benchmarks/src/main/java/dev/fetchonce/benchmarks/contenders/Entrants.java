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

/** The contenders. */
public final class Entrants {
    private static final Set<Trait> ALL = EnumSet.allOf(Trait.class);

    /** Fetchonce, asked for documents bound to a record. */
    public static final Entrant FETCHONCE = new Entrant(Names.FETCHONCE, VALUES, ALL, FetchonceValues::typed);

    /** Fetchonce, asked for frozen trees. */
    public static final Entrant FETCHONCE_TREE = new Entrant(Names.FETCHONCE_TREE, VALUES, ALL, FetchonceValues::trees);

    /** Fetchonce as a client that obeys HTTP. A stored response stands in where its fields allow that (RFC 5861). */
    public static final Entrant FETCHONCE_CLIENT =
            new Entrant(Names.FETCHONCE_CLIENT, EXCHANGES, ALL, FetchonceClient::new);

    /** The asynchronous variant of Fetchonce. */
    public static final Entrant ASYNC = new Entrant(Names.ASYNC, VALUES, ALL, AsyncVariant::new);

    /** The JDK's client with its defaults. Before JDK 26 its callers' patience ends with the head of a response. */
    public static final Entrant HTTP_CLIENT =
            new Entrant(Names.HTTP_CLIENT, EXCHANGES, EnumSet.of(PATIENT), PlainClient::new);

    /**
     * The JDK's client, tuned by hand. Its callers' patience begins anew once they have a permit, and ends as that of
     * {@link #HTTP_CLIENT}.
     */
    public static final Entrant HTTP_CLIENT_TUNED =
            new Entrant(Names.HTTP_CLIENT_TUNED, EXCHANGES, EnumSet.of(PATIENT), TunedClient::new);

    /**
     * Caffeine's loading cache. Callers of a URL share a success. After a failure each caller tries again, one after
     * another. No caller leaves before the exchange ends.
     */
    public static final Entrant CAFFEINE =
            new Entrant(Names.CAFFEINE, VALUES, EnumSet.of(CACHES, COLLAPSES, BOUNDED, EXPIRES), CaffeineLoading::new);

    /** Caffeine's asynchronous loading cache. Callers of a URL share failures as well. */
    public static final Entrant CAFFEINE_ASYNC = new Entrant(
            Names.CAFFEINE_ASYNC, VALUES, EnumSet.of(CACHES, COLLAPSES, BOUNDED, PATIENT, EXPIRES), CaffeineAsync::new);

    /**
     * A map of tasks. Waiters leave when their patience ends, but the leader cannot. It therefore lacks the trait
     * {@code PATIENT}.
     */
    public static final Entrant MEMOIZER =
            new Entrant(Names.FUTURE_TASK, VALUES, EnumSet.of(CACHES, COLLAPSES, BOUNDED, EXPIRES), Memoizer::new);

    /**
     * Methanol. Its callers' patience is that of the JDK's client. A stored response stands in where its fields allow
     * that (RFC 5861). It does so for a 5xx and for a refused connection, but not for an origin that is silent.
     */
    public static final Entrant METHANOL = new Entrant(
            Names.METHANOL,
            EXCHANGES,
            EnumSet.of(CACHES, BOUNDED, PATIENT, EXPIRES, REVALIDATES, COVERS),
            MethanolCache::new);

    /**
     * Apache HttpClient's cache. Its callers' patience bounds each wait for bytes, not the sum of them. A stored
     * response stands in without leave of its fields, unless one of them forbids it, such as {@code no-cache}. A
     * response that is stale on arrival is kept, and so revalidated, only with {@code public}, {@code private} or a
     * date of expiry.
     */
    public static final Entrant APACHE = new Entrant(
            Names.APACHE,
            EXCHANGES,
            EnumSet.of(CACHES, BOUNDED, PATIENT, EXPIRES, REVALIDATES, COVERS),
            ApacheCache::new);

    /**
     * OkHttp's cache, in files. Among the other HTTP clients it is the only one whose callers' patience bounds the
     * whole call.
     */
    public static final Entrant OKHTTP = new Entrant(
            Names.OKHTTP, EXCHANGES, EnumSet.of(CACHES, BOUNDED, PATIENT, EXPIRES, REVALIDATES), OkHttpCache::new);

    private Entrants() {}

    /** Returns all contenders, in the order of the tables. */
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
     * Returns the contender of a name.
     *
     * @throws IllegalArgumentException when there is no such contender
     */
    public static Entrant named(String name) {
        return all().stream()
                .filter(entrant -> entrant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown contender " + name + "; there are " + all()));
    }
}
