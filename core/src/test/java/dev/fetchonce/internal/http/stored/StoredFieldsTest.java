package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.stored;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields that are stored, and those that a 304 replaces (RFC 9111 §3.1 and §3.2, RFC 9110 §7.6.1). */
class StoredFieldsTest {
    @Nested
    @DisplayName("RFC 9111 §3.1 storing header and trailer fields")
    class Kept {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Connection",
                    "Keep-Alive",
                    "Proxy-Authenticate",
                    "Proxy-Authentication-Info",
                    "Proxy-Authorization",
                    "Proxy-Connection",
                    "TE",
                    "Trailer",
                    "Transfer-Encoding",
                    "Upgrade",
                    "tRANSFER-eNCODING"
                })
        void fields_of_one_connection_are_not(String name) {
            assertThat(StoredFields.kept(fields(name, "x", "ETag", "\"1\"")).map())
                    .containsOnlyKeys("ETag");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Cache-Control",
                    "Content-Length",
                    "Content-Encoding",
                    "Set-Cookie",
                    "Age",
                    "Vary",
                    "WWW-Authenticate",
                    "Authentication-Info",
                    "X-Connection",
                    "Upgrade-Insecure-Requests"
                })
        void all_others_are(String name) {
            assertThat(StoredFields.kept(fields(name, "x")).map()).isEqualTo(Map.of(name, List.of("x")));
        }

        @Test
        void fields_that_connection_names_are_not_in_any_case_or_line() {
            HttpHeaders received = fields(
                    "connection",
                    "close, X-Hop ,, ",
                    "CONNECTION",
                    "x-other",
                    "x-hop",
                    "1",
                    "X-OTHER",
                    "2",
                    "X-Kept",
                    "3");
            assertThat(StoredFields.kept(received).map()).isEqualTo(Map.of("X-Kept", List.of("3")));
        }

        @Test
        void the_status_of_http_2_is_no_field() {
            assertThat(StoredFields.kept(fields(":status", "200", "X", "1")).map())
                    .isEqualTo(Map.of("X", List.of("1")));
        }

        @Test
        void all_lines_of_a_field_stay_in_order() {
            HttpHeaders received = fields("Link", "b", "Link", "a", "Link", "b", "Empty", "");
            assertThat(StoredFields.kept(received).map())
                    .isEqualTo(Map.of("Link", List.of("b", "a", "b"), "Empty", List.of("")));
        }

        @Test
        void the_cache_status_of_caches_further_up_is() {
            HttpHeaders received = fields("Cache-Status", "Up; hit", "Cache-Status", "Nearer; fwd=miss");
            assertThat(StoredFields.kept(received)).isEqualTo(received);
        }

        @Test
        void fields_that_may_not_be_stored_are_not_in_any_case() {
            HttpHeaders received =
                    fields("SET-COOKIE", "a", "Set-Cookie", "b", "X", "1", "Connection", "y", "Y", "2", "Z", "3");
            assertThat(StoredFields.kept(received, Set.of("set-cookie", "Z", "absent"))
                            .map())
                    .isEqualTo(Map.of("X", List.of("1")));
        }

        @Test
        void keeping_again_changes_nothing() {
            HttpHeaders once = StoredFields.kept(fields("Connection", "x", "X", "1", "Y", "2", "TE", "3"));
            assertThat(StoredFields.kept(once)).isEqualTo(once);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.2 updating stored header fields")
    class Freshened {
        private final HttpHeaders before = fields(
                "ETag", "\"1\"", "Date", "old", "Link", "a", "Link", "b", "Content-Type", "a/b", "X-Only", "kept");

        @ParameterizedTest
        @CsvSource({
            "Date, new, Date, new",
            "DATE, new, Date, new",
            "Link, c, Link, c",
            "Cache-Control, no-cache, Cache-Control, no-cache",
            "Age, 0, Age, 0",
            "Last-Modified, then, Last-Modified, then",
            "X-Content-Type, c/d, X-Content-Type, c/d",
            "Contents, x, Contents, x",
            "ETag, \"2\", ETag, \"1\"",
            "etag, W/\"1\", ETag, W/\"1\"",
            "Content-Language, de, Content-Language, de",
            "Content-Location, /x, Content-Location, /x",
            "Content-Security-Policy, x, Content-Security-Policy, x"
        })
        void fields_of_the_304_replace_or_join(String name, String value, String asked, String now) {
            HttpHeaders after = StoredFields.freshened(before, fields(name, value));
            assertThat(after.allValues(asked)).containsExactly(now);
            assertThat(after.allValues("X-Only"))
                    .as("RFC 9111 §3.2: the other fields stay")
                    .containsExactly("kept");
        }

        @ParameterizedTest
        @ValueSource(strings = {"Content-Type", "content-type", "CONTENT-TYPE"})
        void fields_that_describe_the_body_stay_with_it(String name) {
            HttpHeaders after = StoredFields.freshened(before, fields(name, "other"));
            assertThat(after).isEqualTo(before);
        }

        @ParameterizedTest
        @ValueSource(strings = {"Content-Length", "Content-Encoding", "Content-Range", "content-length"})
        void a_description_of_another_body_is_not_added(String name) {
            assertThat(StoredFields.freshened(before, fields(name, "1"))).isEqualTo(before);
        }

        @ParameterizedTest
        @CsvSource({
            // stored value, value of the 304, result
            "3, -, -",
            "3, 0, 0",
            "-, 7, 7",
            "-, -, -",
        })
        void a_stored_age_goes_unless_the_304_brings_one(String stored, String theirs, String then) {
            HttpHeaders after = StoredFields.freshened(age(stored), age(theirs));
            assertThat(after).isEqualTo(age(then));
        }

        private static HttpHeaders age(String age) {
            return age.equals("-") ? fields() : fields("Age", age);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    // stored tag, tag of the 304, result
                    "W/\"1\", \"1\",   W/\"1\"",
                    "\"1\",   W/\"1\", W/\"1\"",
                    "\"1\",   ``,      \"1\"",
                    "``,      \"1\",   \"1\"",
                    "W/\"1\", \"2\",   W/\"1\"",
                    "W/\"1\", W/\"2\", W/\"1\"",
                    "\"1-gzip\", \"1\", \"1-gzip\"",
                    "1,       \"1\",   1",
                })
        void a_weak_tag_does_not_become_a_strong_one_nor_any_tag_another(String stored, String theirs, String then) {
            assertThat(StoredFields.freshened(fields("ETag", stored), fields("etag", theirs))
                            .allValues("ETag"))
                    .containsExactly(then);
        }

        @Test
        void fields_that_the_merged_fields_forbid_to_store_are_left_out_of_them() {
            HttpHeaders merged = StoredFields.freshened(
                    fields("Set-Cookie", "old", "X", "1"), fields("Cache-Control", "no-cache=\"set-cookie\""));
            assertThat(StoredFields.kept(merged, Set.of("set-cookie")).map()).containsOnlyKeys("X", "Cache-Control");
        }

        @Test
        void a_304_without_fields_changes_nothing() {
            assertThat(StoredFields.freshened(before, fields())).isEqualTo(before);
        }

        @Test
        void the_status_of_http_2_is_not_merged() {
            assertThat(StoredFields.freshened(before, fields(":status", "304"))).isEqualTo(before);
        }

        @Test
        void the_spelling_of_the_304_wins_together_with_its_values() {
            HttpHeaders after = StoredFields.freshened(before, fields("LINK", "c", "LINK", "d"));
            assertThat(after.map().keySet()).contains("LINK").doesNotContain("Link");
            assertThat(after.allValues("link")).containsExactly("c", "d");
        }

        @Test
        void fields_of_its_connection_are_not_merged_nor_do_they_remove_what_is_stored() {
            HttpHeaders after =
                    StoredFields.freshened(before, fields("Connection", "Date, X-Only", "Date", "new", "TE", "x"));
            assertThat(after).isEqualTo(before);
        }

        @Test
        void freshening_twice_is_freshening_once() {
            HttpHeaders update = fields("DATE", "new", "Link", "c", "ETag", "\"2\"", "Connection", "x", "X", "1");
            HttpHeaders once = StoredFields.freshened(before, update);
            assertThat(StoredFields.freshened(once, update)).isEqualTo(once);
        }

        @Test
        void neither_argument_changes() {
            HttpHeaders update = fields("Date", "new");
            StoredFields.freshened(before, update);
            assertThat(before.allValues("Date")).containsExactly("old");
            assertThat(update.map()).isEqualTo(Map.of("Date", List.of("new")));
        }
    }

    @Nested
    class Renewal {
        private static final long LONGEST = 1L << 62;

        @ParameterizedTest
        @CsvSource({
            // lifetime, time of receipt, now, age, staleness
            "100, 0, 0, 0, 0",
            "100, 0, 99, 99, 0",
            "100, 0, 100, 100, 0",
            "100, 0, 101, 101, 1",
            "100, 50, 49, 0, 0",
            "100, 0, -1000, 0, 0",
            "0, 0, 0, 0, 0",
            "0, 0, -1, 0, 0",
            "0, 0, 1, 1, 1",
            "4611686018427387904, 0, 4611686018427387903, 4611686018427387903, 0",
            "4611686018427387904, 0, 4611686018427387904, 4611686018427387904, 0",
            "4611686018427387904, 0, 9223372036854775807, 9223372036854775807, 4611686018427387903",
            "100, -500, -401, 99, 0",
            "100, -500, -399, 101, 1",
            // the clock passes Long.MAX_VALUE
            "100, 9223372036854775800, -9223372036854775760, 56, 0",
            "100, 9223372036854775800, -9223372036854775708, 108, 8",
            "100, -9223372036854775760, 9223372036854775800, 0, 0",
        })
        void age_and_staleness_at_the_edges(long ttl, long received, long now, long age, long stale) {
            StoredResponse stored = stored(ttl, received);
            assertThat(stored.ageNanos(now)).isEqualTo(age);
            assertThat(stored.staleNanos(now)).isEqualTo(stale);
            assertThat(stored.fresh(now))
                    .as("RFC 9111 §4.2: fresh while the lifetime exceeds the age")
                    .isEqualTo(age < ttl);
        }

        @Test
        void a_renewed_response_has_a_new_life_and_the_very_same_body() {
            StoredResponse old = stored(fields("ETag", "\"1\"", "Date", "a"), fields(), 100, 0);
            Instant at = Instant.ofEpochSecond(9);
            StoredResponse renewed = renewed(old, fields(), fields("Date", "b"), LONGEST, 500, at);
            assertThat(renewed.representation()).isSameAs(old.representation());
            assertThat(renewed.selection()).isSameAs(old.selection());
            assertThat(renewed.uri()).isEqualTo(old.uri());
            assertThat(renewed.status()).isEqualTo(old.status());
            assertThat(renewed.headers()).isEqualTo(fields("ETag", "\"1\"", "Date", "b"));
            assertThat(renewed.fresh(500 + LONGEST - 1)).isTrue();
            assertThat(renewed.fresh(500 + LONGEST)).isFalse();
            assertThat(renewed.receivedAt()).isEqualTo(at);
            assertThat(old.headers().allValues("Date")).containsExactly("a");
        }

        @Test
        void a_304_with_another_vary_tells_requests_apart_by_it() {
            StoredResponse old = stored(fields("ETag", "\"1\""), fields(), 100, 0);
            StoredResponse renewed =
                    renewed(old, fields("Accept", "a"), fields("Vary", "Accept"), 100, 0, Instant.EPOCH);
            assertThat(renewed.selection().matches(fields("Accept", "a"))).isTrue();
            assertThat(renewed.selection().matches(fields("Accept", "b"))).isFalse();
            assertThat(renewed(old, fields(), fields("Vary", "*"), 100, 0, Instant.EPOCH)
                            .selection()
                            .matches(fields()))
                    .isFalse();
        }

        private static StoredResponse renewed(
                StoredResponse old, HttpHeaders request, HttpHeaders notModified, long ttl, long now, Instant at) {
            HttpHeaders merged = StoredFields.freshened(old.headers(), notModified);
            return old.renewed(merged, VarySelection.of(merged, request), Validity.ofTtl(ttl, 0, 0), now, at);
        }
    }
}
