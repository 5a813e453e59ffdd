package dev.fetchonce;

import dev.fetchonce.internal.engine.Trouble;
import dev.fetchonce.internal.flight.Abandoned;
import dev.fetchonce.internal.flight.Deadline;
import dev.fetchonce.internal.http.Backoff;
import dev.fetchonce.internal.http.Wording;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The options that matter when an origin is in trouble. {@link CacheBuilder} says how options are
 * given. Not thread-safe.
 *
 * @param <B> the kind of builder, which every option returns
 */
public abstract sealed class TroubleOptions<B extends TroubleOptions<B>> permits FreshnessOptions {
    /** As many as one word of a flight can count. */
    private static final int MOST_WAITERS = 100_000_000;

    private final Set<String> given = new HashSet<>();
    private Duration firstBackoff = Duration.ofMillis(250);
    private Duration maximumBackoff = Duration.ofSeconds(30);
    private int retries;
    private @Nullable Duration softTimeout;
    private int backgroundFlights = 32;
    private @Nullable IntPredicate staleIfStatus;
    private boolean cancelAbandoned;
    private boolean shareErrors = true;
    private int maximumWaiters = MOST_WAITERS;

    TroubleOptions() {}

    abstract B self();

    /**
     * How long the origin is left alone after a failed fetch: about {@code first} after one, twice as long after each
     * further one in a row, up to {@code maximum}; half of each wait is left to chance. Meanwhile callers get the stale
     * answer, or fail at once with an exception that says since when, why and until when. Then one fetch, whatever the number of
     * callers, goes to look; one success ends it. {@code Retry-After} on 408, 429 and 503 sets the wait, up to the maximum.
     *
     * <p>It is the URL that is left alone, with its credentials; the whole origin where no connection can be made, or when
     * three different URLs of it fail in a row. With nothing stored, the first failure keeps nobody away.
     * {@code invalidate} ends it for its URL. No call of an {@link HttpCache#asHttpClient HttpClient} is kept away.
     *
     * @param first zero or more; 250 ms by default
     * @param maximum at least {@code first}; 30 s by default. Zero for both turns it off
     * @return this builder
     */
    public B backoff(Duration first, Duration maximum) {
        Bounds.atLeastZero("backoff first", first);
        Bounds.atLeastZero("backoff maximum", maximum);
        if (maximum.compareTo(first) < 0) {
            throw new IllegalArgumentException("backoff maximum " + Wording.of(maximum)
                    + " is refused; it must be at least the first wait, " + Wording.of(first));
        }
        this.firstBackoff = once("backoff", first);
        this.maximumBackoff = maximum;
        return self();
    }

    /**
     * How often one fetch repeats its request after a failure to connect, a broken connection, 408, 429 or 5xx. All of it
     * is within one {@code timeout}, which begins with the fetch's first connection: a retry that would come after it is not
     * made. A {@code Retry-After} is respected. Between two requests the fetch holds none of the {@code connectionsPerOrigin}.
     * It queues for the next one, within the same {@code timeout}, and gives up the retry where the origin is left alone by then.
     *
     * @param retries 0 to 10; 0 by default
     * @return this builder
     */
    public B retries(int retries) {
        if (retries < 0 || retries > 10) {
            throw new IllegalArgumentException("retries " + retries + " is refused; it must be 0 to 10");
        }
        this.retries = once("retries", retries);
        return self();
    }

    /**
     * How long a caller waits that could have a stale answer: then it gets that, and the fetch goes on in the background and is
     * stored. Such a fetch keeps its place in the queue, and {@link #cancelAbandoned} does not end it. The caller that has
     * left counts neither for {@link #maximumWaiters} nor for {@link #backgroundFlights}.
     *
     * @param softTimeout zero or more; by default such a caller waits as long as others
     * @return this builder
     */
    public B softTimeout(Duration softTimeout) {
        this.softTimeout = once("softTimeout", Bounds.atLeastZero("softTimeout", softTimeout));
        return self();
    }

    /**
     * How many fetches may be under way that {@code staleWhileRevalidate} and {@code refreshAhead} started. One too many is
     * not started; the next caller tries again.
     *
     * @param backgroundFlights at least 1; 32 by default
     * @return this builder
     */
    public B backgroundFlights(int backgroundFlights) {
        this.backgroundFlights =
                once("backgroundFlights", (int) Bounds.inRange("backgroundFlights", backgroundFlights, 65_535));
        return self();
    }

    /**
     * Which statuses fall back on the stale answer, as an outage does.
     *
     * @param staleIfStatus tests a status that is no success; must be quick. When it throws, that fetch fails with
     *     {@link Reason#APPLICATION}, and the stale answer stands in. 408, 429 and 5xx by default; with
     *     {@link Freshness#http()} 500, 502, 503 and 504 (RFC 5861 §4)
     * @return this builder
     */
    public B staleIfStatus(IntPredicate staleIfStatus) {
        this.staleIfStatus = once("staleIfStatus", Bounds.given("staleIfStatus", staleIfStatus));
        return self();
    }

    /**
     * Whether a fetch is called off when all who waited for it have gone. Otherwise it goes on, and is stored. No caller
     * that joins at that moment is hurt: it is in time, or starts another fetch.
     *
     * <p>A fetch in the background is not called off: {@code staleWhileRevalidate} or {@code refreshAhead} started it, or a
     * caller left it at the end of its {@link #softTimeout}.
     *
     * <p>A fetch of {@link CachingHttpClient} whose request has no timeout, or a longer one than {@code timeout}, is called off
     * whatever this says: it would keep its connection for so long.
     *
     * @param cancelAbandoned false by default
     * @return this builder
     */
    public B cancelAbandoned(boolean cancelAbandoned) {
        this.cancelAbandoned = once("cancelAbandoned", cancelAbandoned);
        return self();
    }

    /**
     * How many callers may wait for one fetch. One too many gets the stale answer, or fails at once with
     * {@link Reason#CROWDED}.
     *
     * @param maximumWaiters at least 1; a hundred million, which is no bound, by default
     * @return this builder
     */
    public B maximumWaiters(int maximumWaiters) {
        this.maximumWaiters =
                once("maximumWaiters", (int) Bounds.inRange("maximumWaiters", maximumWaiters, MOST_WAITERS));
        return self();
    }

    /**
     * Whether those who wait for a fetch that fails share its failure. A response with status 408, 429 or 5xx counts as one
     * here, although RFC 9111 §4 would have each of them ask by itself: an origin in trouble gets one request instead of
     * thousands.
     *
     * @param shareErrors true by default; with false each asks by itself then, within its patience
     * @return this builder
     */
    public B shareErrors(boolean shareErrors) {
        this.shareErrors = once("shareErrors", shareErrors);
        return self();
    }

    /**
     * What was decided.
     *
     * @param ahead after which fraction of its freshness lifetime an answer is renewed
     * @param outages which statuses fall back on the stale answer, where that was left open
     */
    Trouble trouble(double ahead, IntPredicate outages) {
        return new Trouble(
                new Backoff(Math.max(1, Deadline.nanosOf(firstBackoff)), Math.max(1, Deadline.nanosOf(maximumBackoff))),
                retries,
                Optional.ofNullable(softTimeout),
                shareErrors,
                ahead,
                backgroundFlights,
                staleIfStatus == null ? outages : staleIfStatus,
                cancelAbandoned ? Abandoned.IS_CANCELLED : Abandoned.LANDS,
                maximumWaiters);
    }

    boolean wasGiven(String option) {
        return given.contains(option);
    }

    /** Marks an option as given, once its value has been found good: a refused value may be given again, corrected. */
    <T> T once(String option, T value) {
        if (!given.add(option)) {
            throw new IllegalStateException(option + " was already given");
        }
        return value;
    }
}
