package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.caching.HeadUpdate.NONE;
import static dev.fetchonce.internal.http.caching.HeadUpdate.STALE;
import static dev.fetchonce.internal.http.caching.HeadUpdate.UPDATE;
import static dev.fetchonce.internal.http.message.Fields.answered;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The effect of a response to HEAD on the stored response to GET (RFC 9111 §4.3.5). */
class HeadUpdateTest {
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @Nested
    @DisplayName("RFC 9111 §4.3.5 freshening responses with HEAD")
    class Section_4_3_5 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    // the stored ETag and Last-Modified of 10 bytes; the ETag, Last-Modified and Content-Length of the
                    // HEAD response
                    "\"1\"   # DATE # \"1\"   # DATE  # 10   # UPDATE",
                    "\"1\"   # DATE # \"1\"   # DATE  # ``   # UPDATE",
                    "\"1\"   # DATE # \"1\"   # ``    # ``   # UPDATE",
                    "\"1\"   # DATE # ``      # DATE  # ``   # UPDATE",
                    "\"1\"   # DATE # ``      # ``    # 10   # UPDATE",
                    "``      # ``   # ``      # ``    # 10   # UPDATE",
                    "``      # ``   # ``      # ``    # ``   # UPDATE",
                    "``      # DATE # ``      # Sunday, 06-Nov-94 08:49:37 GMT # `` # UPDATE",
                    "W/\"1\" # ``   # W/\"1\" # ``    # ``   # UPDATE",
                    "W/\"1\" # ``   # \"1\"   # ``    # ``   # UPDATE",
                    "\"1\"   # DATE # \"2\"   # DATE  # 10   # STALE",
                    "\"1\"   # DATE # \"1\"   # later # 10   # STALE",
                    "\"1\"   # DATE # \"1\"   # DATE  # 11   # STALE",
                    "``      # ``   # ``      # ``    # 9    # STALE",
                    "``      # ``   # \"1\"   # ``    # 10   # STALE",
                    "``      # ``   # ``      # DATE  # 10   # STALE",
                    "\"1\"   # ``   # 1       # ``    # ``   # STALE",
                    "``      # ``   # ``      # ``    # ten  # STALE",
                    "``      # ``   # ``      # ``    # 10, 11 # STALE",
                    "``      # ``   # ``      # ``    # 10, 10 # UPDATE",
                })
        void what_it_has_must_match_what_is_stored(
                String tag, String date, String theirTag, String theirDate, String length, HeadUpdate result) {
            StoredResponse stored = answered(200, 10, AT, "ETag", tag, "Last-Modified", date.replace("DATE", DATE));
            HttpHeaders head = fields(
                    "ETag", theirTag, "Last-Modified", theirDate.replace("DATE", DATE), "Content-Length", length);
            assertThat(HeadUpdate.of(200, head, stored)).isEqualTo(result);
        }

        @ParameterizedTest
        @ValueSource(ints = {204, 206, 301, 304, 403, 404, 410, 500, 503})
        void only_a_200_says_anything(int status) {
            assertThat(HeadUpdate.of(status, fields("ETag", "\"2\""), answered(200, 10, AT, "ETag", "\"1\"")))
                    .isEqualTo(NONE);
        }

        @ParameterizedTest
        @ValueSource(ints = {203, 301, 404, 500})
        void a_stored_response_other_than_a_200_is_stale_by_now(int stored) {
            assertThat(HeadUpdate.of(200, fields(), answered(stored, 0, AT))).isEqualTo(STALE);
        }

        @Test
        void an_update_keeps_the_stored_length() {
            StoredResponse stored = answered(200, 10, AT, "Content-Length", "10", "Age", "5", "Date", "a");
            HttpHeaders head = fields("Content-Length", "10", "Date", "b");
            assertThat(HeadUpdate.of(200, head, stored)).isEqualTo(UPDATE);
            assertThat(StoredFields.freshened(stored.headers(), head))
                    .isEqualTo(fields("Content-Length", "10", "Date", "b"));
        }
    }
}
