package dev.fetchonce.internal.http.failure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The probes of a host that accepts connections, and of which several URLs have failed in a row. It gets few probes,
 * however many of its URLs fail. In each wait three probes are for URLs that have failed. URLs that have not failed ask
 * one at a time, but none waits for another longer than a wait; the space between them grows with each that fails. Immutable; all times are on the cache's
 * monotonic clock.
 *
 * @param windowEnds the end of the current wait
 * @param probes the names of the probes in that wait of URLs which have failed
 * @param turnsFailed the number of failed turns of URLs that had not failed
 * @param nextTurn the earliest time of the next turn
 * @param turn the turn that is out, or null
 */
public record SickHost(
        long windowEnds,
        List<Long> probes,
        int turnsFailed,
        long nextTurn,
        @Nullable Turn turn) {
    /**
     * A turn that is out.
     *
     * @param name the name of the attempt
     * @param blocksUntil the time until which it stops the next turn
     */
    record Turn(long name, long blocksUntil) {}

    /** The number of probes of failed URLs in each wait. */
    static final int PROBES = 3;

    /** The growth of the space between two turns with each failed turn, in nanoseconds. */
    static final long STEP = 50_000_000;

    /** Copies the names. */
    public SickHost {
        probes = List.copyOf(probes);
    }

    /** Returns the state of a host that has just become sick: the next probe and the next turn are due. */
    static SickHost from(long now) {
        return new SickHost(now, List.of(), 0, now, null);
    }

    /** Returns whether a URL may ask. */
    Decision decide(boolean urlFailed, long now) {
        if (urlFailed) {
            return probes.size() < PROBES || !running(now) ? new Decision.Due() : new Decision.Held(windowEnds);
        }
        long from = turn == null ? nextTurn : BackoffState.later(turn.blocksUntil, nextTurn);
        return now - from >= 0 ? new Decision.Due() : new Decision.InTurn(from);
    }

    private boolean running(long now) {
        return now - windowEnds < 0;
    }

    /**
     * Returns the state once a URL asks, after a {@link Decision.Due} on this very state.
     *
     * @param wait the length of the next wait, in nanoseconds; a turn stops the next one no longer than that
     * @param overdueAt the time at which the cache gives up the probe, which is its name
     */
    SickHost probed(boolean urlFailed, long wait, long now, long overdueAt) {
        if (!urlFailed) {
            return new SickHost(windowEnds, probes, turnsFailed, nextTurn, new Turn(overdueAt, now + wait));
        }
        List<Long> more = new ArrayList<>(running(now) ? probes : List.of());
        more.add(overdueAt);
        return new SickHost(running(now) ? windowEnds : now + wait, more, turnsFailed, nextTurn, turn);
    }

    /**
     * Returns the state after a failed attempt. Only the failure of the turn that is out delays the next turn.
     *
     * @param longest the longest space between two turns, in nanoseconds
     */
    SickHost failed(long overdueAt, long longest, long now) {
        if (!isOut(overdueAt)) {
            return this;
        }
        int failed = turnsFailed == Integer.MAX_VALUE ? turnsFailed : turnsFailed + 1;
        return new SickHost(windowEnds, probes, failed, now + Math.min(STEP * failed, longest), null);
    }

    /** Returns the state after an attempt has come back, with any outcome. */
    SickHost returned(long overdueAt) {
        return isOut(overdueAt) ? new SickHost(windowEnds, probes, turnsFailed, nextTurn, null) : this;
    }

    private boolean isOut(long name) {
        return turn != null && turn.name == name;
    }

    /** Returns the state after an admitted attempt has come back without a request; another URL may have its place. */
    SickHost unsent(long overdueAt) {
        return probes.contains(overdueAt)
                ? new SickHost(
                        windowEnds,
                        probes.stream().filter(probe -> probe != overdueAt).toList(),
                        turnsFailed,
                        nextTurn,
                        turn)
                : returned(overdueAt);
    }

    /** Returns the state after a sign that the host may work again: the next probe and the next turn are due. */
    SickHost ended(long now) {
        return new SickHost(now, List.of(), turnsFailed, now, null);
    }

    /** Returns the state in which the next turn is due; the waits of failed URLs go on. */
    SickHost turnDue(long now) {
        return new SickHost(windowEnds, probes, turnsFailed, now, null);
    }
}
