package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.ExchangeTimeout;

/** The limit on the time of an exchange. The thread that makes the exchange calls each method. */
public interface TimeLimit {
    /** Returns the present deadline of the head, and of the last byte of a body that is not live. It may move later. */
    Deadline deadline();

    /** Sets the alarm that ends one attempt of the exchange, for the current thread. */
    ExchangeTimeout alarm();

    /**
     * Returns the time that an exchange had whose alarm has rung, with the option that sets the time; the end of a
     * sentence.
     */
    String exceeded();
}
