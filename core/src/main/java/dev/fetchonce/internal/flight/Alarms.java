package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;

/** A factory of alarms: a thread sets an alarm, which ends the wait of that thread. */
@FunctionalInterface
public interface Alarms {
    /**
     * Sets an alarm for the current thread, in place of its earlier alarm.
     *
     * @param at the moment at which the alarm rings, or some milliseconds later, unless {@link ExchangeTimeout#ring}
     *     rings it before
     */
    ExchangeTimeout set(Deadline at);
}
