package dev.fetchonce.benchmarks.soak;

import java.time.Duration;

/**
 * A call under way.
 *
 * @param act the action of the caller
 * @param target the URL and the user
 * @param patience how long it may last, without the grace
 * @param drops the invalidations of the URL before it
 * @param stored whether a response must have been stored when it began
 * @param since when it began, on the {@link MachineClock}
 */
record Call(Act act, Target target, Duration patience, long drops, boolean stored, long since) {
    /** Returns a call that begins now. */
    static Call begin(Act act, Target target, Duration patience, MachineClock clock) {
        long drops = target.shelf().drops();
        return new Call(act, target, patience, drops, target.stored(drops), clock.nanos());
    }

    /** Reports whether a stored response could answer it from its beginning until now. */
    boolean hasStored() {
        return stored && act.takesStored() && target.stored(drops);
    }

    @Override
    public String toString() {
        return act + " of " + target + " with a patience of " + patience.toMillis() + " ms";
    }
}
