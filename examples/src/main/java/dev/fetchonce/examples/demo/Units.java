package dev.fetchonce.examples.demo;

import java.time.Duration;
import java.util.Locale;

/** The format of numbers on the screen, equal in every locale. */
final class Units {
    private Units() {}

    /** Returns a text such as {@code 10,000}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns a text such as {@code 3 requests} or {@code 1 request}. */
    static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** Returns a text such as {@code 41.3 ms}; a time far below a millisecond keeps its digits. */
    static String millis(long nanos) {
        double millis = nanos / 1e6;
        return String.format(Locale.ROOT, millis < 0.1 ? "%,.4f ms" : millis < 10 ? "%,.2f ms" : "%,.1f ms", millis);
    }

    /** Returns a text such as {@code 2.4 s}. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%,.1f s", duration.toNanos() / 1e9);
    }

    /** Returns a text such as {@code 812 B} or {@code 104.2 kB}, of 1,000 bytes each. */
    static String bytes(long bytes) {
        return bytes < 1_000 ? bytes + " B" : String.format(Locale.ROOT, "%,.1f kB", bytes / 1e3);
    }
}
