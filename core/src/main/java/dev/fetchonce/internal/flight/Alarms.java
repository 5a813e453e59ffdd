package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;

/** Where a thread sets the alarm that ends what it waits for. */
@FunctionalInterface
public interface Alarms {
    /**
     * Sets one for the current thread, in place of the one before.
     *
     * @param at when it rings, or some milliseconds after, unless somebody {@linkplain ExchangeTimeout#ring rings} it before
     */
    ExchangeTimeout set(Deadline at);
}
