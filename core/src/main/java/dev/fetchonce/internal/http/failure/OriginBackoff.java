package dev.fetchonce.internal.http.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The failures of an origin, and whether its host holds back all of its URLs. The host does so where no connection to
 * it can be made. A host that accepts connections is sick from the third failing URL in a row on. Immutable. An origin
 * without a failure has no such value, and a response from the origin removes it. All times are on the cache's
 * monotonic clock.
 *
 * @param connecting the consecutive failures to connect, or null
 * @param row the consecutive failures of URLs, or null; it only counts
 * @param urls up to three different URLs of that row, the first that failed
 * @param sick the probes of the host while it is sick, or null
 */
public record OriginBackoff(
        @Nullable BackoffState connecting,
        @Nullable BackoffState row,
        List<String> urls,
        @Nullable SickHost sick) {
    /** The number of different failed URLs in a row that makes a host sick. */
    static final int WIDE = 3;

    private static final OriginBackoff NONE = new OriginBackoff(null, null, List.of(), null);

    /** Copies the URLs. */
    public OriginBackoff {
        urls = List.copyOf(urls);
    }

    /** The conclusion from the failure of one URL about its host. */
    private enum Sign {
        /** No connection can be made. */
        UNREACHABLE,

        /** The host, or that URL, has a fault. */
        FAULT,

        /** The host answers, but this caller may not ask now. */
        LIMITS,

        /** The host works; that URL may have a fault. */
        WORKS,

        /** No conclusion: the cache did not ask the origin, or code on this side failed. */
        NOTHING
    }

    private static Sign sign(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT -> Sign.UNREACHABLE;
            case TIMEOUT, BROKEN, PROTOCOL -> Sign.FAULT;
            case STATUS ->
                switch (FailureScope.of(failure)) {
                    case USER -> Sign.LIMITS;
                    case URL -> Sign.FAULT;
                    case HOST, ANSWER, NOTHING -> Sign.WORKS;
                };
            case TOO_LARGE, REDIRECT, UNDECODABLE -> Sign.WORKS;
            case PATIENCE, BUSY, TOO_MANY_WAITERS, CLOSED, APPLICATION, INTERNAL -> Sign.NOTHING;
        };
    }

    /** Reports whether a failed attempt shows that the host works. */
    public static boolean works(Failure failure) {
        return sign(failure) == Sign.WORKS;
    }

    /**
     * Returns the state of the origin after one of its URLs has failed.
     *
     * @param before the state until now, or null
     * @param url the requested URL, without the partition: one URL that fails for three users counts once
     * @param probe the name under which the attempt was admitted
     * @param u a random number from 0 to 1
     * @return null when the failure shows that the host works, or when the origin has no failure
     */
    public static @Nullable OriginBackoff failed(
            @Nullable OriginBackoff before,
            String url,
            BackoffRule.Attempt attempt,
            long probe,
            BackoffDelay delay,
            double u,
            long now) {
        OriginBackoff old = before == null ? NONE : before;
        return switch (sign(attempt.failure())) {
            case UNREACHABLE ->
                new OriginBackoff(
                        BackoffRule.failed(old.connecting, attempt, delay, u, now), old.row, old.urls, old.sick);
            case FAULT -> old.fault(url, attempt.failure(), probe, delay, now);
            case LIMITS -> before == null || before.row == null ? null : before.limited(before.row, probe, delay, now);
            case WORKS -> null;
            case NOTHING -> before;
        };
    }

    private OriginBackoff fault(String url, Failure failure, long probe, BackoffDelay delay, long now) {
        BackoffState failures = BackoffRule.counted(row, failure, now);
        List<String> failed = new ArrayList<>(urls);
        if (failed.size() < WIDE && !failed.contains(url)) {
            failed.add(url);
        }
        SickHost host = sick == null ? SickHost.from(now) : sick;
        return new OriginBackoff(
                null, // the connection was accepted
                failures,
                failed,
                failed.size() < WIDE ? null : host.failed(probe, delay.longest(failures.failingNanos(now)), now));
    }

    /** Returns this state after a rate limit: connections can be made, and a turn that ends with it is no success. */
    private OriginBackoff limited(BackoffState failing, long probe, BackoffDelay delay, long now) {
        return with(null, sick == null ? null : sick.failed(probe, delay.longest(failing.failingNanos(now)), now));
    }

    /**
     * Returns whether a URL may ask.
     *
     * @param urlFailed whether the URL itself has failed
     */
    public Decision decide(boolean urlFailed, long now) {
        Decision connect = BackoffRule.decide(connecting, now);
        return connect instanceof Decision.Allow && sick != null ? sick.decide(urlFailed, now) : connect;
    }

    /**
     * Returns the state once a URL asks, after a {@link Decision.Due} on this very state.
     *
     * @param overdueAt the time at which the cache gives up the probe, which also is its name
     */
    public OriginBackoff probed(boolean urlFailed, BackoffDelay delay, double u, long now, long overdueAt) {
        if (connecting != null && !(BackoffRule.decide(connecting, now) instanceof Decision.Allow)) {
            return with(BackoffRule.probed(connecting, overdueAt), sick);
        }
        if (sick == null) {
            return this;
        }
        long failing = row == null ? 0 : row.failingNanos(now);
        return with(connecting, sick.probed(urlFailed, delay.wait(failing, u), now, overdueAt));
    }

    /** Reports whether the host holds back its URLs: it is sick, or no connection to it may be tried now. */
    public boolean holds(long now) {
        return sick != null || BackoffRule.decide(connecting, now) instanceof Decision.Held;
    }

    /** Returns the state after an attempt has come back, with any outcome. */
    public OriginBackoff returned(long overdueAt) {
        return with(BackoffRule.returned(connecting, overdueAt), sick == null ? null : sick.returned(overdueAt));
    }

    /** Returns the state after an admitted attempt has come back without a request; another URL may have its place. */
    public OriginBackoff unsent(long overdueAt) {
        return with(BackoffRule.returned(connecting, overdueAt), sick == null ? null : sick.unsent(overdueAt));
    }

    private OriginBackoff with(@Nullable BackoffState otherConnecting, @Nullable SickHost otherSick) {
        return Objects.equals(otherConnecting, connecting) && Objects.equals(otherSick, sick)
                ? this
                : new OriginBackoff(otherConnecting, row, urls, otherSick);
    }

    /** Returns the state after a sign that the host may work again: its waits end, and its failures still count. */
    public OriginBackoff ended(long now) {
        return with(
                connecting == null ? null : BackoffRule.ended(connecting, now), sick == null ? null : sick.ended(now));
    }

    /** Returns the state in which one probe of the host is due at once; the waits of its failed URLs go on. */
    public OriginBackoff probeDue(long now) {
        return with(
                connecting == null ? null : BackoffRule.ended(connecting, now),
                sick == null ? null : sick.turnDue(now));
    }

    /**
     * Returns the failures to connect, or null. After a TLS failure the result is null as well, as the host listens then.
     */
    public @Nullable BackoffState refusing() {
        return connecting == null || connecting.last().ofTls() ? null : connecting;
    }

    /** Returns the state after a sign that the host accepts connections: their wait ends, and all failures still count. */
    public OriginBackoff listens(long now) {
        return connecting == null ? this : with(BackoffRule.ended(connecting, now), sick);
    }

    /** Returns a time until which the state may hold callers back. */
    public long heldUntil() {
        if (connecting != null) {
            return connecting.heldUntil();
        }
        return sick != null
                ? sick.windowEnds()
                : Objects.requireNonNull(row, "a failure").since();
    }

    /** Returns the failures that hold back the URLs of the host, or null while only single URLs fail. */
    public @Nullable BackoffState trouble() {
        return connecting != null ? connecting : sick != null ? row : null;
    }

    /** Returns the number of URLs without their text: their queries may hold secrets. */
    @Override
    public String toString() {
        return urls.size() + " URLs failed in a row";
    }
}
