package dev.fetchonce.testing;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates as an origin sends them, in the preferred format of HTTP (RFC 9110 §5.6.7). */
public final class HttpDates {
    private static final DateTimeFormatter PREFERRED = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private HttpDates() {}

    /** Returns the text of a moment of the years 0 to 9999, without its fraction of a second. */
    public static String format(Instant moment) {
        return PREFERRED.format(moment);
    }
}
