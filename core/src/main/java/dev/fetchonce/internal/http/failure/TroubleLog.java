package dev.fetchonce.internal.http.failure;

import dev.fetchonce.Reason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The state of the log about one origin in trouble. It takes failures and answers, and says which line follows, so that
 * an outage writes a few lines for any number of calls and URLs. Immutable; the methods are pure functions. All times
 * are on the cache's monotonic clock.
 *
 * <p>A <i>run</i> is the time since the last answer of the origin. Within a run the log says each reason once with each
 * effect, for all URLs. The run is one of the host after a failed connection, or after failures of three URLs; the next
 * answer of any URL then ends the trouble of all its URLs. Otherwise single URLs fail: an answer of another URL ends the
 * run, and each URL has a beginning and an end of its own.
 *
 * <p>After the line of an end the log writes no beginning for a minute. A place that comes and goes writes at most a
 * line of each kind a minute.
 *
 * @param run the failures since the last answer of the origin, or null
 * @param own the URLs of which the log has named the trouble, by their keys; at most 20
 * @param remindAt the time of the next reminder; it means something once a line was written
 * @param quietUntil the time before which no beginning is written
 */
public record TroubleLog(@Nullable Run run, Map<String, Own> own, long remindAt, OptionalLong quietUntil) {
    /** The number of failed URLs that makes a run one of the host. */
    static final int WIDE = 3;

    /** The number of URLs of one origin whose trouble the log names; others are named where these have ended. */
    static final int MAXIMUM_URLS = 20;

    /** The time between two lines about a trouble that lasts. */
    static final long REMINDER = TimeUnit.HOURS.toNanos(1);

    /** The time without a beginning after the line of an end. */
    static final long QUIET = TimeUnit.MINUTES.toNanos(1);

    /** The log of an origin without trouble. */
    public static final TroubleLog NONE = new TroubleLog(null, Map.of(), 0, OptionalLong.empty());

    /** Copies the map. */
    public TroubleLog {
        own = Map.copyOf(own);
    }

    /** The effect of a failure on callers. */
    public enum Effect {
        /** Callers get stale responses. */
        STALE,

        /** Callers fail, because the stored response is too old to stand in. */
        TOO_OLD,

        /** Callers fail, because no stored response can stand in. */
        NOTHING_STORED
    }

    /** A statement of the log: a reason with its effect. */
    public record Statement(Reason reason, Effect effect) {}

    /**
     * The failures since the last answer of the origin.
     *
     * @param since the time of the first
     * @param urls up to three URLs that have failed
     * @param connects whether no connection could be made
     * @param said the statements that were written
     */
    public record Run(long since, Set<String> urls, boolean connects, Set<Statement> said) {
        /** Copies the sets. */
        public Run {
            urls = Set.copyOf(urls);
            said = Set.copyOf(said);
        }

        /** Returns whether the host fails, and not only some of its URLs. */
        boolean ofHost() {
            return connects || urls.size() >= WIDE;
        }

        private Run with(String url, Reason reason) {
            return switch (reason) {
                case CONNECT -> new Run(since, urls, true, said);
                case TIMEOUT, BROKEN, PROTOCOL, STATUS ->
                    ofHost() ? this : new Run(since, plus(urls, url), false, said);
                case PATIENCE,
                        BUSY,
                        TOO_LARGE,
                        REDIRECT,
                        UNDECODABLE,
                        TOO_MANY_WAITERS,
                        CLOSED,
                        APPLICATION,
                        INTERNAL -> this;
            };
        }

        private Run saying(Statement statement) {
            return new Run(since, urls, connects, plus(said, statement));
        }
    }

    /**
     * The trouble of one URL, as the log has named it.
     *
     * @param since the time of its first line
     * @param said the statements that were written
     */
    public record Own(long since, Set<Statement> said) {
        /** Copies the set. */
        public Own {
            said = Set.copyOf(said);
        }
    }

    /**
     * The URL of an event.
     *
     * @param key the text of the key: the URL with its partition, as the trouble of one user is not that of another
     * @param url the URL without the partition: one URL that fails for three users is one URL
     */
    public record Place(String key, String url) {}

    /** A line of the log. */
    public sealed interface Line {}

    /**
     * A trouble begins, or has a new reason or effect.
     *
     * @param nanos the time for which it has lasted
     */
    public record Begins(Effect effect, long nanos) implements Line {}

    /**
     * A trouble lasts.
     *
     * @param nanos the time for which it has lasted
     */
    public record Lasts(Effect effect, long nanos) implements Line {}

    /**
     * A trouble ends.
     *
     * @param ofHost whether it was the trouble of the host, and not of this URL alone
     * @param nanos the time for which it has lasted
     */
    public record Ends(boolean ofHost, long nanos) implements Line {}

    /**
     * The step after an event.
     *
     * @param next the state from now on
     * @param line the line to write, or null
     */
    public record Step(TroubleLog next, @Nullable Line line) {}

    /**
     * Returns the step after a failed fetch. Without a stored response that stands in, the callers report their failures
     * themselves ({@link #callFailed}).
     *
     * @param standsIn whether a stored response stands in
     */
    public Step fetchFailed(Place place, Reason reason, boolean standsIn, long now) {
        TroubleLog counted = with(begun(now).with(place.url(), reason));
        return standsIn ? counted.saying(place, new Statement(reason, Effect.STALE), now) : new Step(counted, null);
    }

    /** Returns the step after a call that has failed with the failure of a fetch, its own or an earlier one. */
    public Step callFailed(Place place, Statement statement, long now) {
        return with(begun(now)).saying(place, statement, now);
    }

    /** Returns whether such a call changes nothing and writes no line. */
    public boolean ignores(Place place, Statement statement, long now) {
        return run != null && isSaid(place, statement) && now - remindAt < 0;
    }

    /** Returns the step after an answer of the origin, of any status that is no outage. */
    public Step answered(Place place, long now) {
        if (run != null && run.ofHost()) {
            return run.said().isEmpty()
                    ? new Step(new TroubleLog(null, Map.of(), remindAt, left(now)), null)
                    : ended(Map.of(), new Ends(true, Math.max(0, now - run.since())), now);
        }
        Own mine = own.get(place.key());
        if (mine == null) {
            return new Step(new TroubleLog(null, own, remindAt, left(now)), null);
        }
        Map<String, Own> others = new HashMap<>(own);
        others.remove(place.key());
        return ended(others, new Ends(false, Math.max(0, now - mine.since())), now);
    }

    private Step ended(Map<String, Own> others, Ends line, long now) {
        return new Step(new TroubleLog(null, others, remindAt, OptionalLong.of(now + QUIET)), line);
    }

    /** Returns whether the log may forget the origin. */
    public boolean isNone(long now) {
        return run == null && own.isEmpty() && left(now).isEmpty();
    }

    private Step saying(Place place, Statement statement, long now) {
        Own mine = own.get(place.key());
        Run known = begun(now);
        long nanos = now - (mine == null || known.ofHost() ? known.since() : mine.since());
        if (isSaid(place, statement)) {
            return now - remindAt < 0
                    ? new Step(this, null)
                    : new Step(
                            new TroubleLog(run, own, now + REMINDER, quietUntil), new Lasts(statement.effect(), nanos));
        }
        boolean unnamed = mine == null && own.size() >= MAXIMUM_URLS && !known.ofHost();
        if (unnamed || left(now).isPresent()) {
            return new Step(this, null);
        }
        Map<String, Own> named = new HashMap<>(own);
        if (mine != null || own.size() < MAXIMUM_URLS) {
            named.put(
                    place.key(),
                    mine == null
                            ? new Own(known.since(), Set.of(statement))
                            : new Own(mine.since(), plus(mine.said(), statement)));
        }
        return new Step(
                new TroubleLog(known.saying(statement), named, now + REMINDER, OptionalLong.empty()),
                new Begins(statement.effect(), nanos));
    }

    private boolean isSaid(Place place, Statement statement) {
        Own mine = own.get(place.key());
        return (run != null && run.said().contains(statement))
                || (mine != null && mine.said().contains(statement));
    }

    private Run begun(long now) {
        return run == null ? new Run(now, Set.of(), false, Set.of()) : run;
    }

    private TroubleLog with(Run other) {
        return new TroubleLog(other, own, remindAt, quietUntil);
    }

    /** Returns the end of the quiet time, if it has not passed. */
    private OptionalLong left(long now) {
        return quietUntil.isPresent() && now - quietUntil.getAsLong() < 0 ? quietUntil : OptionalLong.empty();
    }

    private static <T> Set<T> plus(Set<T> set, T element) {
        Set<T> both = new HashSet<>(set);
        both.add(element);
        return both;
    }

    /** Returns the state without the text of its URLs: their queries may hold secrets. */
    @Override
    public String toString() {
        return own.size() + " URLs named, run "
                + (run == null ? "none" : run.said().toString());
    }
}
