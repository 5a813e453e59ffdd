package dev.fetchonce.internal.http.failure;

import java.time.Duration;

/**
 * The longest time of one exchange, and the option that sets it.
 *
 * @param nanos the time, in nanoseconds
 * @param bound the option
 */
public record ExchangeLimit(long nanos, Bound bound) {
    /** The option that sets a limit. */
    public enum Bound {
        /** The usual time. */
        TIMEOUT(" (timeout)"),
        /** The longest time of any exchange. */
        FIRST_TIMEOUT(" (firstTimeout)"),
        /** A time between these two, which the exchanges before have taught. */
        LEARNED(" (a timeout that fits the exchanges before)"),
        /** The timeout of the request of one caller. */
        REQUEST(" (the timeout of the request)");

        private final String text;

        Bound(String text) {
            this.text = text;
        }
    }

    /** Returns the text for a message, such as {@code 1 s (timeout)}. */
    @Override
    public String toString() {
        return DurationText.of(Duration.ofNanos(nanos)) + bound.text;
    }
}
