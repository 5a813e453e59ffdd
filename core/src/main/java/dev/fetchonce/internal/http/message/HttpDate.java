package dev.fetchonce.internal.http.message;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates in the formats of HTTP (RFC 9110 §5.6.7). The locale and the time zone of the machine have no influence. Pure
 * functions.
 */
public final class HttpDate {
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

    private static final String BLANKS = "[ \\t]+";
    private static final String MAYBE_BLANKS = "[ \\t]*";
    private static final String WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)";
    private static final String DAY = "(?<day>[0-9]{1,2})";
    private static final String MONTH = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    private static final String YEAR = "(?<year>[0-9]{4})";
    private static final String TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})";
    private static final String GMT = BLANKS + TIME + MAYBE_BLANKS + "GMT";
    private static final String LEADING_WEEKDAY = "(?:" + WEEKDAY + MAYBE_BLANKS + "," + MAYBE_BLANKS + ")?";

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT}, the only format that a sender still uses. */
    private static final Pattern FIXDATE =
            pattern(LEADING_WEEKDAY + DAY + MAYBE_BLANKS + MONTH + MAYBE_BLANKS + YEAR + GMT);

    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}, and {@code Sun, 06-Nov-1994 08:49:37 GMT} from cookies. */
    private static final Pattern RFC_850 =
            pattern(LEADING_WEEKDAY + DAY + "-" + MONTH + "-(?<year>[0-9]{4}|[0-9]{2})" + GMT);

    /** {@code Sun Nov  6 08:49:37 1994}. */
    private static final Pattern ASCTIME =
            pattern("(?:" + WEEKDAY + BLANKS + ")?" + MONTH + MAYBE_BLANKS + DAY + BLANKS + TIME + BLANKS + YEAR);

    private static final int YEARS_AHEAD = 50;

    private HttpDate() {}

    /**
     * Returns the moment of a date in any of the three formats. RFC 9110 §5.6.7 asks recipients to be robust. The names
     * may be in any case (RFC 9111 §4.2), a day may have one digit, and the number of blanks may differ. The day of the
     * week may be wrong or absent: it adds no fact, and origins get it wrong. A text with another zone than GMT is no
     * date. A text without the zone of its format is no date either (RFC 9111 §4.2).
     *
     * @param text any text; white space round the date does not count
     * @param now the time on the wall clock, for years of two digits: such a date is never more than 50 years ahead
     * @return empty when the text is no date; this method throws nothing
     */
    public static Optional<Instant> parse(String text, Instant now) {
        String date = text.strip();
        try {
            Matcher fixdate = FIXDATE.matcher(date);
            if (fixdate.matches()) {
                return Optional.of(moment(fixdate, number(fixdate, "year")));
            }
            Matcher asctime = ASCTIME.matcher(date);
            if (asctime.matches()) {
                return Optional.of(moment(asctime, number(asctime, "year")));
            }
            Matcher rfc850 = RFC_850.matcher(date);
            if (!rfc850.matches()) {
                return Optional.empty();
            }
            int year = number(rfc850, "year");
            return Optional.of(
                    rfc850.group("year").length() == 2 ? ofTwoDigits(rfc850, year, now) : moment(rfc850, year));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    /** Returns the moment in the latest year with these two digits that is at most 50 years ahead. */
    private static Instant ofTwoDigits(Matcher parts, int digits, Instant now) {
        LocalDateTime latest = LocalDateTime.ofInstant(now, ZoneOffset.UTC).plusYears(YEARS_AHEAD);
        int year = latest.getYear() - Math.floorMod(latest.getYear() - digits, 100);
        Instant moment = moment(parts, year);
        return moment.isAfter(latest.toInstant(ZoneOffset.UTC)) ? moment(parts, year - 100) : moment;
    }

    private static Instant moment(Matcher parts, int year) {
        int hour = number(parts, "hour");
        int minute = number(parts, "minute");
        int second = number(parts, "second");
        boolean leap = hour == 23
                && minute == 59
                && second == 60; // Java knows no leap second: it becomes the first second of the next day
        int month = MONTHS.indexOf(parts.group("month").toLowerCase(Locale.ROOT)) + 1;
        return LocalDateTime.of(year, month, number(parts, "day"), hour, minute, leap ? 59 : second)
                .plusSeconds(leap ? 1 : 0)
                .toInstant(ZoneOffset.UTC);
    }

    private static int number(Matcher parts, String name) {
        return Integer.parseInt(parts.group(name));
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
