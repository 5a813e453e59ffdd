package dev.fetchonce.internal.backoff;

import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffRule;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Decision;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureScope;
import dev.fetchonce.internal.http.failure.OriginBackoff;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The backoffs of URLs, of hosts and of users, by the clock of the cache. The rules decide; this class holds the states.
 * Thread-safe.
 */
public final class Backoffs {
    /** The name that no probe has. */
    public static final long NO_PROBE = 0;

    /** The number of failing places of each kind that are remembered; a backoff takes a few hundred bytes. */
    private static final int MAXIMUM_PLACES = 10_000;

    private static final Outlook CLEAR = new Outlook.Clear();
    private static final Admission FREELY_ADMITTED = new Admitted(NO_PROBE);

    private final BackoffStore store;
    private final FailedAttempts attempts = new FailedAttempts(MAXIMUM_PLACES);

    /** Whether any fetch has failed: until then an answer has no attempt to forget. */
    private volatile boolean anyFailed;

    private final OriginSignals signals = new OriginSignals();
    private final LongSupplier clock;
    private final BackoffDelay delay;
    private final DoubleSupplier random;
    private final long overdueNanos;

    /**
     * The time at which the latest probe is overdue. Each probe has a later time than the one before, and this time is
     * its name.
     */
    private final AtomicLong lastOverdue;

    private volatile boolean closed;

    /**
     * Makes a table without backoffs.
     *
     * @param clock the cache's monotonic clock
     * @param overdueNanos the time after which a probe that has not returned no longer stops the next one
     * @param random numbers from 0 to 1
     */
    public Backoffs(LongSupplier clock, BackoffDelay delay, long overdueNanos, DoubleSupplier random) {
        this.store = new BackoffStore(MAXIMUM_PLACES, clock);
        this.clock = clock;
        this.delay = delay;
        this.random = random;
        this.overdueNanos = overdueNanos;
        this.lastOverdue = new AtomicLong(clock.getAsLong());
    }

    /** The answer to a request that wants to be sent. */
    public sealed interface Admission {}

    /**
     * The request may be sent; {@link #returned} is called when it has ended.
     *
     * @param probe its name, if it is a probe
     */
    public record Admitted(long probe) implements Admission {}

    /**
     * The request may not be sent.
     *
     * @param why an outlook that lets no request go now
     */
    public record Refused(Outlook why) implements Admission {}

    /** Reports whether a backoff may hold back a request. Without waits, failures are only counted. */
    private boolean any() {
        return !off() && !store.empty();
    }

    private boolean off() {
        return delay.maximumNanos() <= 1;
    }

    /** Returns whether nothing has failed, so that each {@link #outlook} is clear. */
    public boolean clear() {
        return store.empty();
    }

    /** Returns the outlook on a request to these places; takes no probe. */
    public Outlook outlook(BackoffKey key, long now) {
        if (store.empty()) {
            return CLEAR;
        }
        if (off()) {
            BackoffState counted = store.keys().get(key.key());
            return counted == null ? CLEAR : new Outlook.Counted(counted);
        }
        BackoffState user = store.users().get(key.userAtOrigin());
        BackoffState url = store.keys().get(key.key());
        OriginBackoff origin = store.origins().get(key.origin());
        Outlook first = user == null ? CLEAR : outlook(url == null ? user : url, BackoffRule.decide(user, now));
        Outlook second = url == null ? CLEAR : outlook(url, BackoffRule.decide(url, now));
        Outlook third =
                origin == null ? CLEAR : outlook(url == null ? origin.trouble() : url, origin.decide(url != null, now));
        return worse(first, worse(second, third));
    }

    private static Outlook outlook(@Nullable BackoffState trouble, Decision decision) {
        if (trouble == null) {
            return CLEAR;
        }
        return switch (decision) {
            case Decision.Allow allow -> new Outlook.Due(trouble); // it has failed, so callers need not wait for it
            case Decision.Due due -> new Outlook.Due(trouble);
            case Decision.Held held -> new Outlook.Held(trouble, held.until());
            case Decision.InTurn turn -> new Outlook.InTurn(trouble, turn.from());
        };
    }

    /** Returns the outlook that lets fewer requests go; the first of two equal ones. */
    private static Outlook worse(Outlook one, Outlook other) {
        return rank(other) > rank(one) ? other : one;
    }

    private static int rank(Outlook outlook) {
        return switch (outlook) {
            case Outlook.Clear clear -> 0;
            case Outlook.Counted counted -> 0;
            case Outlook.Due due -> 1;
            case Outlook.InTurn turn -> 2;
            case Outlook.Held held -> 3;
        };
    }

    /** Admits or refuses a request; it becomes the probe where the rules call for one. */
    public Admission admit(BackoffKey key, long now) {
        if (!any()) {
            return FREELY_ADMITTED;
        }
        long probe = name(now);
        boolean urlFailed = store.keys().get(key.key()) != null;
        boolean admitted = admitted(store.users()
                        .admit(
                                key.userAtOrigin(),
                                state -> BackoffRule.decide(state, now),
                                state -> BackoffRule.probed(state, probe)))
                && admitted(store.keys()
                        .admit(
                                key.key(),
                                state -> BackoffRule.decide(state, now),
                                state -> BackoffRule.probed(state, probe)))
                && admitted(store.origins()
                        .admit(
                                key.origin(),
                                state -> state.decide(urlFailed, now),
                                state -> state.probed(urlFailed, delay, random.getAsDouble(), now, probe)));
        if (admitted) {
            return new Admitted(probe);
        }
        returned(key, probe);
        Outlook why = outlook(key, now);
        return why.forbids() ? new Refused(why) : admit(key, now); // another caller has changed the state meanwhile
    }

    private static boolean admitted(Decision decision) {
        return decision instanceof Decision.Allow || decision instanceof Decision.Due;
    }

    /**
     * Admits or refuses a request that was admitted before and has queued since. A backoff may have begun meanwhile.
     * Its wait may also have ended, so that one of the queued requests is the probe. This method first gives back the
     * probe that the request was.
     *
     * @param probe the name under which the request was admitted
     */
    public Admission admitAgain(BackoffKey key, long probe, long now) {
        if (probe != NO_PROBE) {
            unsent(key, probe);
        }
        return admit(key, now);
    }

    /** Gives back the probe of a request that was not sent, and its place at a sick host. */
    private void unsent(BackoffKey key, long probe) {
        store.origins().updateIfPresent(key.origin(), state -> state.unsent(probe));
        returned(key, probe);
    }

    /** Returns a new name for a probe: the time at which it is overdue, or a later time. */
    private long name(long now) {
        // Compared by their difference, as a monotonic clock may pass its largest value.
        return lastOverdue.updateAndGet(last -> last + 1 - (now + overdueNanos) >= 0 ? last + 1 : now + overdueNanos);
    }

    /**
     * Records that an admitted request has ended, with any outcome. Where it was a probe, the callers that wait for the
     * origin look again.
     */
    public void returned(BackoffKey key, long probe) {
        if (givenBack(key, probe)) {
            signals.give(key.origin());
        }
    }

    /** Gives a probe back; returns whether the request was one. */
    private boolean givenBack(BackoffKey key, long probe) {
        // Without a look at the number of states: it lags behind the states, so a probe would be lost.
        boolean ofUser = store.users().updateIfPresent(key.userAtOrigin(), state -> BackoffRule.returned(state, probe));
        boolean ofUrl = store.keys().updateIfPresent(key.key(), state -> BackoffRule.returned(state, probe));
        boolean ofHost = store.origins().updateIfPresent(key.origin(), state -> state.returned(probe));
        return ofUser || ofUrl || ofHost;
    }

    /**
     * Records the end of an admitted request.
     *
     * @return the backoff of the URL: for a failure the backoff from now on, for an answer the backoff until now; null
     *     when there is no such backoff
     */
    public @Nullable BackoffState landed(BackoffKey key, long probe, BackoffUpdate update, long now) {
        if (probe == NO_PROBE && update instanceof BackoffUpdate.Answered && clear()) {
            return null;
        }
        BackoffState backoff = switch (update) {
            case BackoffUpdate.Answered answered -> {
                if (anyFailed) {
                    attempts.answered(key.key());
                }
                BackoffState before = store.keys().remove(key.key());
                works(key, now);
                yield before;
            }
            case BackoffUpdate.Failed failed -> failed(key, probe, failed, now);
            case BackoffUpdate.Unchanged unchanged -> null;
        };
        if (givenBack(key, probe) || !(update instanceof BackoffUpdate.Unchanged)) {
            signals.give(key.origin()); // last: the callers that wait for the origin look at the states above
        }
        return backoff;
    }

    private @Nullable BackoffState failed(BackoffKey key, long probe, BackoffUpdate.Failed failed, long now) {
        double u = random.getAsDouble();
        Failure failure = failed.failure().remembered();
        anyFailed = true;
        attempts.failed(key.key(), new FailedAttempt(failure, now));
        OptionalLong requested = off() ? OptionalLong.empty() : failed.requested();
        BackoffRule.Attempt attempt = new BackoffRule.Attempt(failure, requested, failed.stored());
        if (OriginBackoff.works(failure)) {
            works(key, now);
        } else {
            store.origins()
                    .update(
                            key.origin(),
                            before -> OriginBackoff.failed(before, key.url(), attempt, probe, delay, u, now));
        }
        FailureScope scope = FailureScope.of(failure);
        if (scope == FailureScope.USER) {
            store.users().update(key.userAtOrigin(), before -> BackoffRule.failed(before, attempt, delay, u, now));
        }
        return switch (scope) {
            case URL -> store.keys().update(key.key(), before -> BackoffRule.failed(before, attempt, delay, u, now));
            case HOST, USER -> store.keys().update(key.key(), before -> BackoffRule.counted(before, failure, now));
            case ANSWER ->
                failed.covered() || requested.isPresent()
                        ? store.keys().update(key.key(), before -> BackoffRule.failed(before, attempt, delay, u, now))
                        : removed(key.key());
            case NOTHING -> store.keys().get(key.key());
        };
    }

    /** Ends the rate limit of the user and the trouble of the host, after a response that shows neither. */
    private void works(BackoffKey key, long now) {
        store.users().updateIfPresent(key.userAtOrigin(), state -> BackoffRule.answered(state, now));
        recovered(key.origin(), store.origins().remove(key.origin()), now);
    }

    private @Nullable BackoffState removed(String key) {
        store.keys().remove(key);
        return null;
    }

    /**
     * Ends the waits of the URLs of a host that has held them back and now works. A URL that failed before that trouble
     * began fails by itself, and keeps its wait: otherwise broken URLs that make their host sick would be asked after
     * each success of another URL.
     */
    private void recovered(String origin, @Nullable OriginBackoff before, long now) {
        BackoffState trouble = before == null ? null : before.trouble();
        if (trouble != null) {
            endWaits(url -> isOf(url, origin), state -> state.since() - trouble.since() >= 0, now);
        }
    }

    private static boolean isOf(String url, String origin) {
        return url.startsWith(origin) && url.startsWith("/", origin.length());
    }

    private void endWaits(Predicate<String> urls, Predicate<BackoffState> which, long now) {
        for (String key : store.keysOf(urls)) {
            store.keys().updateIfPresent(key, state -> which.test(state) ? BackoffRule.ended(state, now) : state);
        }
    }

    /**
     * Ends the waits of the matching URLs and of their origins, and forgets their failed attempts, so that the next
     * caller asks. A wait that an origin requested stays in force.
     *
     * @param urls matches URLs in their normal form
     * @param origins the names of their origins
     */
    public void retryNow(Predicate<String> urls, Set<String> origins, long now) {
        attempts.forget(urls);
        endWaits(urls, state -> true, now);
        for (String origin : origins) {
            store.origins().updateIfPresent(origin, state -> state.ended(now));
            signals.give(origin);
        }
    }

    /** Ends all waits, as {@link #retryNow(Predicate, Set, long)} does. */
    public void retryNow(long now) {
        retryNow(url -> true, store.originNames(), now);
        signals.giveAll();
    }

    /** Returns the number of origins whose host holds back its URLs now. It walks the origins that have failed. */
    public int originsHeld() {
        return any() ? store.originsHeld(clock.getAsLong()) : 0;
    }

    /** Returns the last failed attempt of a request since the last answer, or null. */
    public @Nullable FailedAttempt lastFailed(BackoffKey key) {
        return attempts.last(key.key());
    }

    /** Returns the URLs that have failed, in all partitions. */
    public Set<String> urls() {
        Set<String> urls = attempts.urls();
        urls.addAll(store.urls());
        return urls;
    }

    /** Forgets the failures of all matching URLs, in all partitions. */
    public void forget(Predicate<String> urls) {
        attempts.forget(urls);
        for (String key : store.keysOf(urls)) {
            store.keys().remove(key);
        }
    }

    /**
     * Lets one probe go to each of these origins, where the host holds back its URLs.
     *
     * @param origins their names
     */
    public void probeNow(Set<String> origins, long now) {
        origins.forEach(origin -> store.origins().updateIfPresent(origin, state -> state.probeDue(now)));
    }

    /** Returns the failures to connect to an origin whose host does not listen, or null. */
    @Nullable
    BackoffState refusing(String origin) {
        OriginBackoff state = store.origins().get(origin);
        return state == null ? null : state.refusing();
    }

    /**
     * Records that the host of an origin listens. The wait of its failures to connect ends, and the callers that wait ask
     * now; its failures still count.
     */
    void listens(String origin, long now) {
        store.origins().updateIfPresent(origin, state -> state.listens(now));
        signals.give(origin);
    }

    /** Returns whether a caller {@linkplain #await waits} for an origin. */
    boolean awaited(String origin) {
        return signals.awaited(origin);
    }

    /**
     * Waits until a request to an origin may go, by its outlook or by a sign that the origin works again.
     *
     * @param nanos the longest wait, in nanoseconds
     */
    public void await(BackoffKey key, long nanos) throws InterruptedException {
        OriginSignals.Signal signal = signals.expect(key.origin());
        long now = clock.getAsLong();
        // A look from before the signal was expected may be out of date, and its change may have been signalled.
        long wait = closed ? 0 : outlook(key, now).heldUntil().orElse(now) - now;
        signals.await(key.origin(), signal, Math.min(nanos, wait));
    }

    /** Wakes all callers that {@linkplain #await wait}; later ones do not wait. */
    public void close() {
        closed = true; // before the signals, as a caller looks at it after it expects one
        signals.giveAll();
    }

    /** Returns whether {@link #close} has not been called. */
    public boolean open() {
        return !closed;
    }
}
