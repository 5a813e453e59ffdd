package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.HttpDates;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 06 Nov 1994 08:49:37 GMT          | 1994-11-06T08:49:37Z",
                "Sunday, 06-Nov-94 08:49:37 GMT         | 1994-11-06T08:49:37Z",
                "Sun Nov  6 08:49:37 1994               | 1994-11-06T08:49:37Z",
                "Sun Nov 16 08:49:37 1994               | 1994-11-16T08:49:37Z",
                "Sun Nov 06 08:49:37 1994               | 1994-11-06T08:49:37Z",
                "Mon, 06 Nov 1994 08:49:37 GMT          | 1994-11-06T08:49:37Z",
                "Tuesday, 06-Nov-94 08:49:37 GMT        | 1994-11-06T08:49:37Z",
                "Wed Nov  6 08:49:37 1994               | 1994-11-06T08:49:37Z",
                "sun, 06 nov 1994 08:49:37 gmt          | 1994-11-06T08:49:37Z",
                "SUNDAY, 06-NOV-94 08:49:37 GMT         | 1994-11-06T08:49:37Z",
                "Thu, 29 Feb 2024 00:00:00 GMT          | 2024-02-29T00:00:00Z",
                "Sat, 31 Dec 2016 23:59:60 GMT          | 2017-01-01T00:00:00Z",
                "Thu, 01 Jan 1970 00:00:00 GMT          | 1970-01-01T00:00:00Z",
                "Mon, 01 Jan 0001 00:00:00 GMT          | 0001-01-01T00:00:00Z",
                "Fri, 31 Dec 9999 23:59:59 GMT          | 9999-12-31T23:59:59Z",
            })
    void the_three_formats_are_understood_with_any_day_of_the_week_and_in_any_case(String text, Instant expected) {
        assertThat(HttpDate.parse(text, NOW)).contains(expected);
        assertThat(HttpDate.parse("  " + text + "\t", NOW)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // a day with one digit
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sunday, 6-Nov-94 08:49:37 GMT",
                "Sun Nov 6 08:49:37 1994",
                // more and fewer blanks
                "Sun,  6 Nov 1994 08:49:37 GMT",
                "Sun, 06  Nov 1994 08:49:37 GMT",
                "Sun,\t06\tNov\t1994\t08:49:37\tGMT",
                "Sun , 06 Nov   1994   08:49:37   GMT",
                "Sun,06 Nov 1994 08:49:37 GMT",
                "Sun,6Nov1994 08:49:37GMT",
                "Sunday,06-Nov-94  08:49:37  GMT",
                "Sun  Nov   6  08:49:37  1994",
                // dashes, and years of two and four digits
                "Sun, 06-Nov-1994 08:49:37 GMT",
                "Sun, 6-Nov-1994 08:49:37 GMT",
                "Sunday, 06-Nov-1994 08:49:37 GMT",
                "Sun, 06-Nov-94 08:49:37 GMT",
                // the day of the week has no meaning
                "Sunday, 06 Nov 1994 08:49:37 GMT",
                "Friday, 6 Nov 1994 08:49:37 GMT",
                "06 Nov 1994 08:49:37 GMT",
                "6 Nov 1994 08:49:37 GMT",
                "06-Nov-94 08:49:37 GMT",
                "6-Nov-1994 08:49:37 GMT",
                "Nov  6 08:49:37 1994",
                "Sunday Nov 6 08:49:37 1994",
            })
    void variants_of_the_formats_that_origins_send_are_understood(String text) {
        for (String each : List.of(text, text.toUpperCase(Locale.ROOT), "  " + text + "\t")) {
            assertThat(HttpDate.parse(each, NOW)).as(each).contains(Instant.parse("1994-11-06T08:49:37Z"));
        }
    }

    @Test
    void a_date_that_java_writes_is_read_again() {
        Random random = Fields.random("a_date_that_java_writes_is_read_again");
        for (int i = 0; i < 20_000; i++) {
            Instant moment = Instant.ofEpochSecond(random.nextLong(0, 253_402_300_800L));
            String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(moment.atOffset(ZoneOffset.UTC));
            assertThat(HttpDate.parse(text, NOW)).as(text).contains(moment);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "-1",
                "784111777",
                "1994-11-06T08:49:37Z",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 06 Nov 1994 08:49:37 UTC",
                "Sun, 6 Nov 1994 08:49:37 Z",
                "Sun, 6 Nov 1994 08:49:37 GMT+1",
                "Sun, 6 Nov 1994 08:49:37 GMT +0100",
                "6-Nov-1994 08:49:37",
                "6-Nov-1994 08:49:37 CET",
                "Sun Nov 6 08:49:37 1994 EST",
                "Sun Nov 6 08:49:37 EST 1994",
                "Sun, 006 Nov 1994 08:49:37 GMT",
                "Sun, 6 Nov 199408:49:37 GMT",
                "Sun, 6-Nov-994 08:49:37 GMT",
                "Sun, 6 Nov-1994 08:49:37 GMT",
                "Sun, 0 6 Nov 1994 08:49:37 GMT",
                "Sun, 6 Nov 1994 08 :49:37 GMT",
                "So, 6 Nov 1994 08:49:37 GMT",
                ", 6 Nov 1994 08:49:37 GMT",
                "Sun, , 6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 EST",
                "Sun, 06 Nov 1994 08:49:37 +0000",
                "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Xyz, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 8:49:37 GMT",
                "Sun, 06 Nov 1994 08:49 GMT",
                "Sun, 06 Nov 1994 24:00:00 GMT",
                "Sun, 06 Nov 1994 08:60:00 GMT",
                "Sun, 06 Nov 1994 08:49:60 GMT",
                "Sun, 06 Nov 1994 23:59:61 GMT",
                "Sun, 00 Nov 1994 08:49:37 GMT",
                "Sun, 31 Nov 1994 08:49:37 GMT",
                "Sun, 29 Feb 2023 08:49:37 GMT",
                "Sunday, 29-Feb-23 08:49:37 GMT",
                "Sun, 06 Nov 10000 08:49:37 GMT",
                "Sun Nov  6 08:49:37 94",
                "Sun, 06 N\u00f6v 1994 08:49:37 GMT",
                "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMT\u0000",
            })
    void a_text_that_is_no_date_is_none(String text) {
        assertThat(HttpDate.parse(text, NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "26-Nov-26 12:00:00, 2026-11-25T12:00:00Z, 2026-11-26T12:00:00Z",
        "25-Nov-75 12:00:00, 2026-11-25T12:00:00Z, 2075-11-25T12:00:00Z",
        "25-Nov-76 12:00:00, 2026-11-25T12:00:00Z, 2076-11-25T12:00:00Z",
        "25-Nov-76 12:00:01, 2026-11-25T12:00:00Z, 1976-11-25T12:00:01Z",
        "01-Jan-77 00:00:00, 2026-11-25T12:00:00Z, 1977-01-01T00:00:00Z",
        "31-Dec-99 23:59:59, 2026-11-25T12:00:00Z, 1999-12-31T23:59:59Z",
        "01-Jan-00 00:00:00, 2026-11-25T12:00:00Z, 2000-01-01T00:00:00Z",
        "01-Jan-10 00:00:00, 2080-01-01T00:00:00Z, 2110-01-01T00:00:00Z",
        "29-Feb-76 00:00:00, 2026-02-28T23:00:00Z, 1976-02-29T00:00:00Z",
        "01-Mar-94 00:00:00, 1970-01-01T00:00:00Z, 1994-03-01T00:00:00Z",
    })
    void a_year_of_two_digits_is_at_most_fifty_years_ahead(String date, Instant now, Instant expected) {
        assertThat(HttpDate.parse("Monday, " + date + " GMT", now)).contains(expected);
    }

    @Test
    void a_clock_that_shows_nonsense_makes_no_date_fail() {
        for (Instant now : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH)) {
            assertThat(HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT", now)).isPresent();
            HttpDate.parse("Sunday, 06-Nov-94 08:49:37 GMT", now);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1994-11-06T08:49:37Z           | Sun, 06 Nov 1994 08:49:37 GMT",
                "1994-11-06T08:49:37.999999999Z | Sun, 06 Nov 1994 08:49:37 GMT",
                "2024-02-29T00:00:00Z           | Thu, 29 Feb 2024 00:00:00 GMT",
                "1969-12-31T23:59:59.5Z         | Wed, 31 Dec 1969 23:59:59 GMT",
                "0001-01-01T00:00:00Z           | Mon, 01 Jan 0001 00:00:00 GMT",
                "9999-12-31T23:59:59Z           | Fri, 31 Dec 9999 23:59:59 GMT",
            })
    void a_date_in_the_preferred_format_is_read(Instant moment, String text) {
        assertThat(HttpDate.parse(text, NOW)).contains(moment.truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void neither_locale_nor_zone_plays_a_part() {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            for (String tag :
                    List.of("ar-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai", "tr", "fa-IR", "ja-JP-u-ca-japanese")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
                Instant moment = Instant.parse("1994-06-15T08:49:37Z");
                assertThat(HttpDate.parse("WED, 15 JUN 1994 08:49:37 GMT", NOW)).contains(moment);
                assertThat(HttpDate.parse("Fri, 15 Apr 2033 08:49:37 GMT", NOW)).isPresent();
                assertThat(HttpDate.parse("FRIDAY, 15-APR-33 08:49:37 GMT", NOW))
                        .isPresent();
            }
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void a_written_date_is_read_again() {
        Random random = Fields.random("a_written_date_is_read_again");
        long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
        long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        for (int i = 0; i < 20_000; i++) {
            Instant moment = Instant.ofEpochSecond(random.nextLong(first, last + 1));
            assertThat(HttpDate.parse(HttpDates.format(moment), NOW)).contains(moment);
        }
    }

    @Test
    void no_bytes_whatever_make_it_throw() {
        Random random = Fields.random("no_bytes_whatever_make_it_throw");
        String[] dates = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
        };
        int understood = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(Fields.oneOf(random, dates));
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length());
                char character = random.nextBoolean() ? (char) ('0' + random.nextInt(10)) : (char) random.nextInt(256);
                text.setCharAt(at, character);
            }
            understood += HttpDate.parse(text.toString(), NOW).isPresent() ? 1 : 0;
        }
        assertThat(understood).as("some of the texts are still dates").isBetween(1, 99_999);
        for (String many : List.of("9", " ", "\t", "Sun", "Sun,", "Sun, ", "6 ", "6-", "Nov ", "6 Nov ", "6-Nov-")) {
            assertThat(HttpDate.parse(many.repeat(20_000), NOW)).isEmpty();
            assertThat(HttpDate.parse("Sun, " + many.repeat(20_000) + " 1994 08:49:37 GMT", NOW))
                    .isEmpty();
        }
    }
}
