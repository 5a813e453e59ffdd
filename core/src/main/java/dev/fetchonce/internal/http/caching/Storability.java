package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.FieldScope;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.message.SetCookie;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.message.Vary;
import dev.fetchonce.internal.http.stored.Obstacle;
import dev.fetchonce.internal.http.stored.Validity;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether a complete answer of the origin may be stored, and where (RFC 9111 §3). A pure function. */
public sealed interface Storability {
    /**
     * It may be stored.
     *
     * @param place where
     * @param without the names, in lower case, of the fields that are not to be stored with it
     */
    record Stored(Validity.Placement place, Set<String> without) implements Storability {
        /** Copies the names. */
        public Stored {
            without = Set.copyOf(without);
        }
    }

    /** It may not be stored. */
    record Refused(Obstacle why) implements Storability {}

    /**
     * What was asked.
     *
     * @param method the request method, as it was sent
     * @param directives what the request says about caches
     * @param authorized whether it has an Authorization field
     * @param cookies whether it has a Cookie field
     */
    record Asked(String method, RequestDirectives directives, boolean authorized, boolean cookies) {}

    /**
     * What was answered.
     *
     * @param status the status code
     * @param headers the fields
     * @param directives what the response says about caches
     * @param lifetime how long it is fresh, by what it says
     */
    record Answered(int status, HttpHeaders headers, ResponseDirectives directives, FreshnessLifetime lifetime) {}

    /** Judges. The body must be whole: an incomplete response is never stored. */
    static Storability of(HttpCachingOptions rules, Asked asked, Answered answered) {
        Optional<Obstacle> obstacle = obstacle(rules, asked, answered);
        if (obstacle.isPresent()) {
            return new Refused(obstacle.get());
        }
        Validity.Placement place = place(rules, asked, answered.directives());
        Set<String> without = without(rules, place, answered);
        return indispensable(rules).stream().anyMatch(without::contains)
                ? new Refused(Obstacle.FIELDS)
                : new Stored(place, without);
    }

    private static Optional<Obstacle> obstacle(HttpCachingOptions rules, Asked asked, Answered answered) {
        ResponseDirectives says = answered.directives();
        if (!asked.method().equals("GET")) {
            return Optional.of(Obstacle.METHOD);
        }
        if (!storable(answered)) {
            return Optional.of(Obstacle.STATUS);
        }
        if (asked.directives().noStore()) {
            return Optional.of(Obstacle.REQUEST_NO_STORE);
        }
        if (says.mustUnderstand() && !StatusCodes.understood(answered.status())) {
            return Optional.of(Obstacle.NOT_UNDERSTOOD);
        }
        if (says.noStore() && !says.mustUnderstand()) {
            return Optional.of(Obstacle.NO_STORE);
        }
        if (rules.shared() && says.isPrivate() instanceof FieldScope.Whole) {
            return Optional.of(Obstacle.PRIVATE);
        }
        if (rules.shared() && asked.authorized() && !forAll(says)) {
            return Optional.of(Obstacle.AUTHORIZATION);
        }
        if (Vary.of(answered.headers()).matchesNoRequest()) {
            return Optional.of(Obstacle.VARY);
        }
        return reason(rules, answered) ? Optional.empty() : Optional.of(Obstacle.NO_REASON);
    }

    private static boolean storable(Answered answered) {
        int status = answered.status();
        return StatusCodes.isFinal(status)
                && status != 206
                && status != 304
                && status != 407 // which is of a proxy, and of its client's credentials
                && answered.headers().firstValue("content-range").isEmpty();
    }

    /** The last condition of RFC 9111 §3. An unqualified private says that a private cache may. */
    private static boolean reason(HttpCachingOptions rules, Answered answered) {
        ResponseDirectives says = answered.directives();
        return says.isPublic()
                || (!rules.shared() && !(says.isPrivate() instanceof FieldScope.None))
                || answered.lifetime() instanceof FreshnessLifetime.Explicit
                || StatusCodes.heuristicallyCacheable(answered.status());
    }

    /** RFC 9111 §3.5: what lets a shared cache use the answer to a request with Authorization for others. */
    private static boolean forAll(ResponseDirectives says) {
        return says.isPublic() || says.mustRevalidate() || says.sMaxage().isPresent();
    }

    /**
     * RFC 9111 has no word on cookies. One who sends them is told from others by them, and must-revalidate, which many send for
     * another reason, does not say that all get the same.
     */
    private static Validity.Placement place(HttpCachingOptions rules, Asked asked, ResponseDirectives says) {
        boolean forOne = says.isPrivate() instanceof FieldScope.Whole;
        boolean marked = says.isPublic() || says.sMaxage().isPresent();
        boolean shared = asked.cookies() ? marked : forAll(says);
        boolean common = rules.shared() ? shared : says.isPublic();
        return common && !forOne ? Validity.Placement.COMMON : Validity.Placement.PARTITION;
    }

    /**
     * Fields named by no-cache could be stored and used after a validation only (RFC 9111 §5.2.2.4): without them there is
     * nothing to remember. Those named by private are for the one who asked (§5.2.2.7), and so is a cookie: what several
     * users may have never holds the session of one, whether its request had credentials or not.
     */
    private static Set<String> without(HttpCachingOptions rules, Validity.Placement place, Answered answered) {
        ResponseDirectives says = answered.directives();
        Set<String> without = new TreeSet<>(names(says.noCache()));
        if (rules.shared() || place == Validity.Placement.COMMON) {
            without.addAll(names(says.isPrivate()));
            if (SetCookie.isIn(answered.headers())) {
                without.addAll(SetCookie.NAMES);
            }
        }
        return without;
    }

    private static Set<String> names(FieldScope scope) {
        return scope instanceof FieldScope.Fields fields ? fields.names() : Set.of();
    }

    /** The coding of the body, for whom it is, and what else is said about caches. */
    private static Set<String> indispensable(HttpCachingOptions rules) {
        Set<String> names = new TreeSet<>(Set.of("cache-control", "content-encoding", "vary"));
        rules.targetedFields().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }
}
