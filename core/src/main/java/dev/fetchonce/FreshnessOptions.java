package dev.fetchonce;

import dev.fetchonce.internal.engine.Aging;
import dev.fetchonce.internal.engine.HttpAging;
import dev.fetchonce.internal.engine.TtlAging;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.http.ErrorFallback;
import dev.fetchonce.internal.http.HttpJudge;
import dev.fetchonce.internal.http.HttpRules;
import dev.fetchonce.internal.http.KeyFields;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The options that say how long an answer is used, and for which requests. {@link CacheBuilder} says how options are given.
 * Not thread-safe.
 *
 * @param <B> the kind of builder, which every option returns
 */
public abstract sealed class FreshnessOptions<B extends FreshnessOptions<B>> extends TroubleOptions<B>
        permits CacheBuilder {
    /** RFC 5861 §4: where HTTP decides, these are what counts as an error. */
    private static final Set<Integer> ERRORS = Set.of(500, 502, 503, 504);

    private final Map<Integer, Duration> negativeTtl = new TreeMap<>();
    private Freshness freshness = Freshness.ttl(Duration.ofSeconds(20));
    private @Nullable Duration staleIfError;
    private Duration staleWhileRevalidate = Duration.ZERO;
    private double refreshAhead = 1;
    private double ttlJitter;
    private @Nullable List<String> keyHeaders;
    private Function<HttpHeaders, String> partitionBy = KeyFields::credentials;

    FreshnessOptions() {}

    /**
     * How long an answer is fresh, whatever its header fields say: within it nobody asks the origin. Counted from the
     * arrival of the answer, or of the 304 that confirmed it, on a monotonic clock that counts the sleep of the machine.
     *
     * <p>The names in {@code Vary} still tell requests apart, beside the credentials and the {@link #keyHeaders}. A
     * {@code *} adds nothing to them; where there are more than 32 names, all fields of the request count.
     *
     * @param ttl zero or more; with zero every call asks, though calls at the same time still share one request. 20 s by
     *     default
     * @return this builder
     */
    public B ttl(Duration ttl) {
        Bounds.atLeastZero("ttl", ttl);
        return ttl(uri -> ttl);
    }

    /**
     * As {@link #ttl(Duration)}, by URL.
     *
     * @param ttl asked once for every answer that arrives, with the URL in its normal form, on the fetch's thread; when it
     *     throws, or returns null or a negative time, that fetch fails with {@link Reason#APPLICATION}
     * @return this builder
     */
    public B ttl(Function<URI, Duration> ttl) {
        this.freshness = decided("ttl", "freshness", new Freshness.Ttl(Bounds.given("ttl", ttl)));
        return self();
    }

    /**
     * How the freshness of answers is decided: by a TTL, as {@link #ttl(Duration)} does, or by what they say themselves,
     * with {@link Freshness#http()}.
     *
     * @param freshness a TTL of 20 s by default; takes the place of {@code ttl}, and cannot be combined with it
     * @return this builder
     */
    public B freshness(Freshness freshness) {
        this.freshness = decided("freshness", "ttl", Bounds.given("freshness", freshness));
        return self();
    }

    private Freshness decided(String option, String other, Freshness value) {
        if (wasGiven(other)) {
            throw new IllegalStateException(
                    option + " cannot be combined with " + other + ": each decides what is fresh");
        }
        return once(option, value);
    }

    /**
     * How long past the end of its freshness an answer may stand in when a fresh one cannot be had. Counted from the last
     * time the origin gave or confirmed it; failures do not prolong it.
     *
     * @param staleIfError zero or more; zero turns it off. 1 day by default; with {@link Freshness#http()} what the answer
     *     says, and this where it says nothing, by default zero
     * @return this builder
     */
    public B staleIfError(Duration staleIfError) {
        this.staleIfError = once("staleIfError", Bounds.atLeastZero("staleIfError", staleIfError));
        return self();
    }

    /**
     * For how long past its freshness a stale answer is given at once, while one fetch renews it (RFC 5861 §3).
     *
     * @param staleWhileRevalidate zero or more; zero, the default, turns it off. With {@link Freshness#http()} it is for answers that do
     *     not say it themselves
     * @return this builder
     */
    public B staleWhileRevalidate(Duration staleWhileRevalidate) {
        this.staleWhileRevalidate =
                once("staleWhileRevalidate", Bounds.atLeastZero("staleWhileRevalidate", staleWhileRevalidate));
        return self();
    }

    /**
     * After what part of its freshness the next use of an answer has it renewed, while it is served as fresh as it is.
     *
     * @param refreshAhead more than 0, at most 1; 1, the default, turns it off
     * @return this builder
     */
    public B refreshAhead(double refreshAhead) {
        if (!(refreshAhead > 0 && refreshAhead <= 1)) {
            throw new IllegalArgumentException(
                    "refreshAhead " + refreshAhead + " is refused; it must be more than 0 and at most 1");
        }
        this.refreshAhead = once("refreshAhead", refreshAhead);
        return self();
    }

    /**
     * What part of each TTL is left to chance, so that what came together does not go stale together.
     *
     * @param ttlJitter 0 to 1: with 0.1 a TTL of 20 s is 18 to 20 s. 0, the default, turns it off
     * @return this builder
     */
    public B ttlJitter(double ttlJitter) {
        if (!(ttlJitter >= 0 && ttlJitter <= 1)) {
            throw new IllegalArgumentException("ttlJitter " + ttlJitter + " is refused; it must be 0 to 1");
        }
        this.ttlJitter = once("ttlJitter", ttlJitter);
        return self();
    }

    /**
     * How long an answer with such a status is remembered, so that the origin is not asked again for what it does not have.
     * Callers get a {@link StatusException} meanwhile. It never takes the place of a good answer that could stand in. May be
     * given for several statuses.
     *
     * @param status 400 to 599
     * @param ttl more than zero; by default none is remembered
     * @return this builder
     */
    public B negativeTtl(int status, Duration ttl) {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("negativeTtl status " + status + " is refused; it must be 400 to 599");
        }
        negativeTtl.put(status, once("negativeTtl " + status, Bounds.moreThanZero("negativeTtl", ttl)));
        return self();
    }

    /**
     * Which header fields of a request tell answers apart even where the origin's {@code Vary} does not name them.
     * Authorization and Cookie always do.
     *
     * @param names none turns it off; {@code Accept} and {@code Accept-Language} by default, and none with
     *     {@link Freshness#http()}
     * @return this builder
     */
    public B keyHeaders(String... names) {
        List<String> distinct = new ArrayList<>();
        for (String name : Bounds.given("keyHeaders", names)) {
            Bounds.given("a name in keyHeaders", name);
            if (!Bounds.isToken(name)) {
                throw new IllegalArgumentException("keyHeaders: '" + name + "' is no header field name");
            }
            if (distinct.stream().anyMatch(name::equalsIgnoreCase)) {
                throw new IllegalArgumentException("keyHeaders: " + name + " is given twice");
            }
            distinct.add(name);
        }
        this.keyHeaders = once("keyHeaders", List.copyOf(distinct));
        return self();
    }

    /**
     * Which requests belong to the same user, tenant or the like: answers are kept apart for others, but for those that
     * {@link Freshness#http()} lets everybody have. Only a keyed hash of the text is kept.
     *
     * @param partitionBy from the fields of a request, the cache's own included, to a text; equal texts share answers. A
     *     function of these fields alone: for a request with just the cache's own it is asked once, when the cache is built,
     *     and for others once a call and once a redirect, on the caller's thread, which gets what it throws. Must not return
     *     null. By default the values of Authorization and Cookie
     * @return this builder
     */
    public B partitionBy(Function<HttpHeaders, String> partitionBy) {
        this.partitionBy = once("partitionBy", Bounds.given("partitionBy", partitionBy));
        return self();
    }

    Aging aging() {
        long whileRevalidate = Deadline.nanosOf(staleWhileRevalidate);
        return switch (freshness) {
            case Freshness.Ttl ttl ->
                new TtlAging(
                        ttl.lifetime(),
                        ttlJitter,
                        staleWhileRevalidate,
                        staleIfError == null ? Duration.ofDays(1) : staleIfError,
                        Map.copyOf(negativeTtl));
            case Freshness.Http http -> {
                refuseBesideHttp();
                HttpRules rules = new HttpRules(
                        http.shared(),
                        http.heuristicFraction(),
                        Deadline.nanosOf(http.heuristicMaximum()),
                        http.targetedFields());
                long ifError = staleIfError == null ? 0 : Deadline.nanosOf(staleIfError);
                yield new HttpAging(HttpJudge.of(rules, whileRevalidate, ifError));
            }
        };
    }

    private void refuseBesideHttp() {
        if (!negativeTtl.isEmpty()) {
            throw new IllegalStateException(
                    "negativeTtl cannot be combined with Freshness.http(): the answer says how long it holds");
        }
        if (wasGiven("ttlJitter")) {
            throw new IllegalStateException(
                    "ttlJitter cannot be combined with Freshness.http(): the answer says how long it holds");
        }
    }

    boolean obeysHttp() {
        return freshness instanceof Freshness.Http;
    }

    double refreshAhead() {
        return refreshAhead;
    }

    IntPredicate outages() {
        return obeysHttp() ? ERRORS::contains : ErrorFallback::outage;
    }

    KeyFields keyFields(byte[] secret, HttpHeaders plain) {
        List<String> names =
                keyHeaders != null ? keyHeaders : obeysHttp() ? List.of() : List.of("Accept", "Accept-Language");
        return new KeyFields(names, partitionBy, secret, plain);
    }
}
