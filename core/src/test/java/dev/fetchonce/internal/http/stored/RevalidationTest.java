package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.answered;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.stored.Revalidation.BY_DATE;
import static dev.fetchonce.internal.http.stored.Revalidation.BY_TAG;
import static dev.fetchonce.internal.http.stored.Revalidation.UNCONDITIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.caching.Validators;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way to revalidate stored responses (RFC 9111 §4.3.1 and §4.3.4, and RFC 9110 §8.8.2.2). */
class RevalidationTest {
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String LATER = "Sun, 06 Nov 1994 08:49:38 GMT";
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    private final StoredResponse both =
            answered(200, 1, AT, "ETag", "\"a-gzip\"", "Last-Modified", DATE, "Date", LATER);
    private final StoredResponse undated = answered(200, 1, AT, "ETag", "\"b\"");

    @Test
    void each_way_asks_by_what_it_has() {
        List<StoredResponse> stored = List.of(both, undated);
        assertThat(Validators.conditions(BY_TAG, both, stored))
                .isEqualTo(Map.of("If-None-Match", "\"a-gzip\", \"b\"", "If-Modified-Since", DATE));
        assertThat(Validators.askedAbout(BY_TAG, both, stored)).isEqualTo(stored);
        assertThat(Validators.conditions(BY_DATE, both, stored)).isEqualTo(Map.of("If-Modified-Since", DATE));
        assertThat(Validators.askedAbout(BY_DATE, both, stored)).containsExactly(both);
        assertThat(Validators.conditions(BY_DATE, undated, stored)).isEmpty();
        assertThat(Validators.conditions(BY_DATE, null, stored)).isEmpty();
        assertThat(Validators.askedAbout(BY_DATE, null, stored)).isEmpty();
        assertThat(Validators.conditions(UNCONDITIONAL, both, stored)).isEmpty();
        assertThat(Validators.askedAbout(UNCONDITIONAL, both, stored)).isEmpty();
    }

    @Test
    void what_was_found_out_holds_on() {
        assertThat(BY_TAG.and(BY_DATE)).isEqualTo(BY_DATE);
        assertThat(UNCONDITIONAL.and(BY_DATE)).isEqualTo(UNCONDITIONAL);
        assertThat(BY_TAG.and(BY_TAG)).isEqualTo(BY_TAG);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                // the stored Date, the tag and date of the 304, whether it confirms, the next way to revalidate
                "LATER, \"a-gzip\", DATE,  true,  BY_DATE",
                "LATER, \"a-gzip\", ``,    true,  UNCONDITIONAL",
                "LATER, \"a\",      DATE,  true,  BY_DATE",
                "LATER, \"a\",      LATER, false, UNCONDITIONAL",
                "LATER, \"a\",      ``,    false, UNCONDITIONAL",
                "LATER, ``,         DATE,  true,  BY_DATE",
                "LATER, ``,         ``,    true,  UNCONDITIONAL",
                "DATE,  \"a\",      DATE,  false, UNCONDITIONAL",
            })
    void a_request_by_a_strong_date_believes_it_beside_another_tag(
            String date, String tag, String modified, boolean confirms, Revalidation next) {
        StoredResponse stored = answered(200, 1, AT, "ETag", "\"a-gzip\"", "Last-Modified", DATE, "Date", named(date));
        var notModified = fields("ETag", tag, "Last-Modified", named(modified));
        assertThat(Validators.confirmed(BY_DATE, notModified, List.of(stored))).hasSize(confirms ? 1 : 0);
        assertThat(Validators.confirmed(BY_TAG, notModified, List.of(stored)))
                .hasSize(confirms && !tag.equals("\"a\"") ? 1 : 0);
        assertThat(Validators.afterOther(BY_TAG, notModified, List.of(stored))).isEqualTo(next);
        assertThat(Validators.afterOther(BY_DATE, notModified, List.of(stored))).isEqualTo(UNCONDITIONAL);
        assertThat(Validators.confirmed(UNCONDITIONAL, notModified, List.of())).isEmpty();
    }

    private static String named(String date) {
        return date.replace("DATE", DATE).replace("LATER", LATER);
    }
}
