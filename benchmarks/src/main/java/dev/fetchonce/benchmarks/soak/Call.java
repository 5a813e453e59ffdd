package dev.fetchonce.benchmarks.soak;

import java.time.Duration;

/**
 * A call under way.
 *
 * @param act the action of the caller
 * @param path the path of the URL
 * @param patience how long it may last, without the grace
 * @param sinceNanos when it began, by {@link System#nanoTime}
 */
record Call(Act act, String path, Duration patience, long sinceNanos) {
    /** Returns a call that begins now. */
    static Call begin(Act act, Document document, Duration patience) {
        return new Call(act, document.path(), patience, System.nanoTime());
    }

    /** Reports whether it has lasted longer than it may. */
    boolean overdue() {
        return System.nanoTime() - sinceNanos > patience.plus(Referee.GRACE).toNanos();
    }

    @Override
    public String toString() {
        return act + " of " + path + " with a patience of " + patience.toMillis() + " ms";
    }
}
