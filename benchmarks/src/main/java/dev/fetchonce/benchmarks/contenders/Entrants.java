package dev.fetchonce.benchmarks.contenders;

import static dev.fetchonce.benchmarks.contenders.Entrant.Kind.EXCHANGES;
import static dev.fetchonce.benchmarks.contenders.Entrant.Kind.VALUES;

import dev.fetchonce.benchmarks.contenders.Entrant.Trait;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** All who are measured. */
public final class Entrants {
    private static final Set<Trait> ALL = EnumSet.allOf(Trait.class);

    /** Fetchonce, asked for documents bound to a record. */
    public static final Entrant FETCHONCE = new Entrant("Fetchonce", VALUES, ALL, FetchonceValues::typed);

    /** Fetchonce, asked for frozen trees. */
    public static final Entrant FETCHONCE_TREE = new Entrant("Fetchonce, tree", VALUES, ALL, FetchonceValues::trees);

    /** Fetchonce as a client that obeys HTTP. */
    public static final Entrant FETCHONCE_CLIENT =
            new Entrant("Fetchonce, HttpClient", EXCHANGES, ALL, FetchonceClient::new);

    private Entrants() {}

    /** All of them, in the order of the tables. */
    public static List<Entrant> all() {
        return List.of(FETCHONCE, FETCHONCE_TREE, FETCHONCE_CLIENT);
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
