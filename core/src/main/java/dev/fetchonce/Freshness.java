package dev.fetchonce;

import dev.fetchonce.internal.http.failure.DurationText;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * How it is decided how long an answer is fresh: by the application, or by what the answer says. Immutable;
 * {@link HttpCache.Builder#freshness} takes it.
 */
public sealed interface Freshness {
    /**
     * Every answer is fresh for the same time, whatever its header fields say.
     *
     * @param ttl zero or more
     * @return that rule
     */
    static Ttl ttl(Duration ttl) {
        OptionChecks.atLeastZero("ttl", ttl);
        return new Ttl(uri -> ttl);
    }

    /**
     * Answers are stored, used and validated as HTTP has it (RFC 9111), by a cache of one user's: Cache-Control of requests
     * and responses, Expires, Age, Vary, validators, RFC 5861 and RFC 8246. An answer that does not tell its lifetime has a
     * tenth of the time since its Last-Modified, at most a day; but none where it has a Cache-Control, readable or not, that
     * does not say public.
     *
     * @return that rule
     */
    static Http http() {
        return new Http(false, 0.1, Duration.ofDays(1), List.of());
    }

    /**
     * The application decides.
     *
     * @param lifetime how long an answer from this URL is fresh; {@link HttpCache.Builder#ttl(Function)} tells when it is
     *     asked
     */
    record Ttl(Function<URI, Duration> lifetime) implements Freshness {
        /** Refuses null. */
        public Ttl {
            OptionChecks.given("lifetime", lifetime);
        }
    }

    /**
     * The answer decides (RFC 9111).
     *
     * @param shared whether the cache serves more than one user, such as a gateway's: then answers marked private are not
     *     stored, those to requests with Authorization only where RFC 9111 §3.5 allows it, and s-maxage counts
     * @param heuristicFraction what part of the time since its Last-Modified an answer is fresh that does not tell
     *     (RFC 9111 §4.2.2), and has no Cache-Control but one that says public, from 0 to 1; 0 turns it off
     * @param heuristicMaximum the longest such lifetime, from zero to 68 years
     * @param targetedFields the names of response fields that take the place of Cache-Control where an answer has them, the
     *     first one first (RFC 9213), such as {@code CDN-Cache-Control}; by default none
     */
    record Http(boolean shared, double heuristicFraction, Duration heuristicMaximum, List<String> targetedFields)
            implements Freshness {
        /** Seconds; what fits into the 31 bits that RFC 9111 §1.2.2 asks for. */
        private static final Duration LONGEST = Duration.ofSeconds(1L << 31);

        /**
         * Checks and copies.
         *
         * @throws IllegalArgumentException when a value is out of its range
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
                if (!OptionChecks.isToken(name)) {
                    throw new IllegalArgumentException("targetedFields: '" + name + "' is no header field name");
                }
            }
        }

        /**
         * The same for a shared or a private cache.
         *
         * @param shared whether the cache serves more than one user
         * @return that rule
         */
        public Http shared(boolean shared) {
            return new Http(shared, heuristicFraction, heuristicMaximum, targetedFields);
        }

        /**
         * The same with another guess for answers that do not tell their lifetime.
         *
         * @param fraction what part of the time since Last-Modified, from 0 to 1; 0 turns it off
         * @param maximum the longest such lifetime
         * @return that rule
         * @throws IllegalArgumentException when a value is out of its range
         */
        public Http heuristic(double fraction, Duration maximum) {
            return new Http(shared, fraction, maximum, targetedFields);
        }

        /**
         * The same with targeted fields (RFC 9213).
         *
         * @param names the names of the fields, the first one first
         * @return that rule
         * @throws IllegalArgumentException when one is no field name
         */
        public Http targetedFields(List<String> names) {
            return new Http(shared, heuristicFraction, heuristicMaximum, names);
        }
    }
}
