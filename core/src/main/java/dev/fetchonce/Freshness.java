package dev.fetchonce;

import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.message.HttpToken;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A rule for the freshness of responses: a time that the application sets, or the header fields of the response.
 * Immutable. {@link HttpCache.Builder#freshness} takes it.
 */
public sealed interface Freshness {
    /**
     * Returns the rule that every response is fresh for one time, independent of its header fields.
     *
     * @param ttl zero or more
     * @return that rule
     * @throws IllegalArgumentException when the time is negative
     */
    static Ttl ttl(Duration ttl) {
        OptionChecks.atLeastZero("ttl", ttl);
        return new Ttl(uri -> ttl);
    }

    /**
     * Returns the rule that responses are stored, used and validated as HTTP specifies (RFC 9111), by a private cache.
     * It respects Cache-Control of requests and responses, Expires, Age, Vary, validators, RFC 5861 and RFC 8246.
     *
     * <p>A response without an explicit freshness lifetime gets a heuristic one: a tenth of the time since its
     * Last-Modified, at most a day. It has no heuristic lifetime when its Cache-Control does not say public or cannot
     * be read, or when it has a Set-Cookie. Without a Cache-Control, its status must be heuristically cacheable (RFC
     * 9110 §15.1). {@link Http#heuristic} with 0 turns the heuristic off.
     *
     * @return that rule
     */
    static Http http() {
        return new Http(false, 0.1, Duration.ofDays(1), List.of());
    }

    /**
     * The rule of the application.
     *
     * @param lifetime returns how long a response from a URL is fresh; {@link HttpCache.Builder#ttl(Function)} says
     *     when it runs
     */
    record Ttl(Function<URI, Duration> lifetime) implements Freshness {
        /** Makes the rule. */
        public Ttl {
            OptionChecks.given("lifetime", lifetime);
        }
    }

    /**
     * The rule of HTTP (RFC 9111).
     *
     * @param shared whether the cache serves more than one user, such as the cache of a gateway. A shared cache does
     *     not store responses marked private, nor those to requests with Authorization unless RFC 9111 §3.5 allows it.
     *     It respects s-maxage
     * @param heuristicFraction the heuristic freshness lifetime as a part of the time since Last-Modified (RFC 9111
     *     §4.2.2), from 0 to 1; 0 turns it off. It applies to a response without an explicit lifetime and without a
     *     Cache-Control, or with one that says public
     * @param heuristicMaximum the longest heuristic lifetime, from zero to 68 years
     * @param targetedFields the names of the response fields that take the place of Cache-Control, such as
     *     {@code CDN-Cache-Control} (RFC 9213). The first name that a response has wins; the default is an empty list
     */
    record Http(boolean shared, double heuristicFraction, Duration heuristicMaximum, List<String> targetedFields)
            implements Freshness {
        /** The longest lifetime: 2<sup>31</sup> seconds, as RFC 9111 §1.2.2 asks for 31 bits. */
        private static final Duration LONGEST = Duration.ofSeconds(1L << 31);

        /**
         * Makes the rule, with a copy of the list.
         *
         * @throws IllegalArgumentException when a value is out of its range, or a name is not a token (RFC 9110 §5.6.2)
         */
        public Http {
            if (!(heuristicFraction >= 0 && heuristicFraction <= 1)) {
                throw new IllegalArgumentException(
                        "heuristicFraction " + heuristicFraction + " is refused; it must be 0 to 1");
            }
            OptionChecks.atLeastZero("heuristicMaximum", heuristicMaximum);
            if (heuristicMaximum.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("heuristicMaximum " + DurationText.of(heuristicMaximum)
                        + " is refused; it must be at most " + DurationText.of(LONGEST));
            }
            OptionChecks.given("targetedFields", targetedFields);
            targetedFields.forEach(name -> OptionChecks.given("a name in targetedFields", name));
            targetedFields = List.copyOf(targetedFields);
            for (String name : targetedFields) {
                if (!HttpToken.is(name)) {
                    throw new IllegalArgumentException("targetedFields: '" + name + "' is not a header field name");
                }
            }
        }

        /**
         * Returns this rule for a shared or a private cache.
         *
         * @param shared whether the cache serves more than one user; false by default
         * @return a new rule
         */
        public Http shared(boolean shared) {
            return new Http(shared, heuristicFraction, heuristicMaximum, targetedFields);
        }

        /**
         * Returns this rule with another heuristic for responses without an explicit freshness lifetime.
         *
         * @param fraction the part of the time since Last-Modified, from 0 to 1; 0 turns it off, 0.1 by default
         * @param maximum the longest such lifetime, from zero to 68 years; a day by default
         * @return a new rule
         * @throws IllegalArgumentException when a value is out of its range
         */
        public Http heuristic(double fraction, Duration maximum) {
            return new Http(shared, fraction, maximum, targetedFields);
        }

        /**
         * Returns this rule with targeted fields (RFC 9213).
         *
         * @param names the names of the fields, in the order of their precedence; empty by default
         * @return a new rule
         * @throws IllegalArgumentException when a name is not a token (RFC 9110 §5.6.2)
         */
        public Http targetedFields(List<String> names) {
            return new Http(shared, heuristicFraction, heuristicMaximum, names);
        }
    }
}
