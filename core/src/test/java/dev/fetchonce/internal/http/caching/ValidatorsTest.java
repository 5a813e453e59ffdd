package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.answered;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The conditions of a revalidation, and the responses that a 304 confirms (RFC 9111 §4.3.1, §4.3.3 and §4.3.4). */
class ValidatorsTest {
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String SAME_DATE = "Sunday, 06-Nov-94 08:49:37 GMT";
    private static final String LATER = "Sun, 06 Nov 1994 08:49:38 GMT";
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @Nested
    @DisplayName("RFC 9111 §4.3.1 sending a validation request")
    class Section_4_3_1 {
        @Test
        void both_validators_give_both_conditions() {
            StoredResponse both = stored(fields("etag", "W/\"1\"", "last-modified", "then"), fields());
            assertThat(Validators.conditions(both, List.of()))
                    .isEqualTo(Map.of("If-None-Match", "W/\"1\"", "If-Modified-Since", "then"));
        }

        @ParameterizedTest
        @CsvSource({
            "ETag, \"\", If-None-Match",
            "ETag, W/\"a b\", If-None-Match",
            "Last-Modified, then, If-Modified-Since"
        })
        void one_validator_gives_its_own_unchanged(String name, String value, String condition) {
            assertThat(Validators.conditions(stored(fields(name, value), fields()), List.of()))
                    .isEqualTo(Map.of(condition, value));
        }

        @Test
        void no_validator_gives_none() {
            assertThat(Validators.conditions(stored(fields("Date", "x", "Vary", "y"), fields()), List.of()))
                    .isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"ETag, ''", "ETag, ' '", "Last-Modified, ''"})
        void a_field_that_says_nothing_gives_none(String name, String value) {
            assertThat(Validators.conditions(stored(fields(name, value), fields()), List.of()))
                    .isEmpty();
        }

        @Test
        void the_tags_of_all_variants_are_asked_about_at_once_and_the_date_of_the_selected_one() {
            StoredResponse selected = tagged("\"2\"", "Last-Modified", "two");
            List<StoredResponse> variants =
                    List.of(tagged("W/\"1\"", "Last-Modified", "one"), selected, tagged("\"3,4\""), tagged("\"2\""));
            assertThat(Validators.conditions(selected, variants))
                    .isEqualTo(Map.of("If-None-Match", "\"2\", W/\"1\", \"3,4\"", "If-Modified-Since", "two"));
        }

        @Test
        void where_nothing_is_selected_there_is_no_date() {
            List<StoredResponse> variants = List.of(
                    tagged("\"1\"", "Last-Modified", "one"),
                    stored(fields("Last-Modified", "two"), fields()),
                    tagged("malformed"));
            assertThat(Validators.conditions(null, variants)).isEqualTo(Map.of("If-None-Match", "\"1\""));
            assertThat(Validators.conditions(null, List.of())).isEmpty();
        }

        @Test
        void a_response_with_only_a_date_is_asked_about_alone() {
            StoredResponse dated = stored(fields("Last-Modified", "then"), fields());
            assertThat(Validators.conditions(dated, List.of(tagged("\"1\""), dated)))
                    .isEqualTo(Map.of("If-Modified-Since", "then"));
        }

        @Test
        void a_response_with_a_malformed_tag_is_asked_about_alone() {
            StoredResponse odd = tagged("1, 2");
            assertThat(Validators.conditions(odd, List.of(odd, tagged("\"1\""))))
                    .isEqualTo(Map.of("If-None-Match", "1, 2"));
        }

        @Test
        void the_list_does_not_grow_too_long() {
            List<StoredResponse> variants = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                variants.add(tagged('"' + "x".repeat(100) + i + '"'));
            }
            StoredResponse selected = tagged("\"selected\"");
            String list = Validators.conditions(selected, variants).get("If-None-Match");
            assertThat(list.length()).isBetween(Validators.LONGEST_LIST - 106, Validators.LONGEST_LIST);
            assertThat(list).startsWith("\"selected\", \"x").endsWith("\"");
        }

        @Test
        void a_selected_tag_of_any_length_is_sent() {
            StoredResponse selected = tagged('"' + "x".repeat(5_000) + '"');
            assertThat(Validators.conditions(selected, List.of(tagged("\"1\""))).get("If-None-Match"))
                    .hasSize(5_002);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.3.4 freshening stored responses upon validation")
    class Section_4_3_4 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    // RFC 9110 §8.8.3.2, the weak comparison of its table
                    "W/\"1\",  W/\"1\",  true",
                    "W/\"1\",  W/\"2\",  false",
                    "W/\"1\",  \"1\",    true",
                    "\"1\",    \"1\",    true",
                    "\"1\",    W/\"1\",  true",
                    "\"1\",    \"2\",    false",
                    "\"a\",    \"A\",    false",
                    "\"W/1\",  W/\"1\",  false",
                    "\"1\",    w/\"1\",  false",
                    "\"\",     W/\"\",   true",
                    "-,        \"1\",    false",
                    "\"1\",    -,        true",
                    "-,        -,        true",
                })
        void a_304_confirms_unless_it_has_another_entity_tag(String stored, String notModified, boolean confirms) {
            HttpHeaders theirs = notModified.equals("-") ? fields("Date", "x") : fields("ETAG", notModified);
            HttpHeaders mine = stored.equals("-") ? fields("Last-Modified", "x") : fields("etag", stored);
            assertThat(confirms(theirs, stored(mine, fields()))).isEqualTo(confirms);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                nullValues = "-",
                value = {
                    // the stored ETag and Last-Modified, and those of the 304
                    "- # DATE # - # DATE # true",
                    "- # DATE # - # SAME # true",
                    "- # DATE # - # LATER # false",
                    "- # DATE # - # odd # false",
                    "- # odd # - # odd # true",
                    "- # odd # - # DATE # false",
                    "- # DATE # - # - # true",
                    "- # - # - # - # true",
                    "\"1\" # DATE # - # LATER # false",
                    "\"1\" # DATE # - # DATE # true",
                    "\"1\" # - # - # DATE # true",
                    "\"1\" # DATE # \"1\" # LATER # true",
                    "\"1\" # DATE # \"2\" # DATE # false",
                    "- # DATE # \"1\" # DATE # false",
                    "1 # - # 1 # - # true",
                    "1 # - # \"1\" # - # false",
                })
        void a_304_confirms_by_its_tag_and_without_one_by_its_date(
                String tag, String date, String theirTag, String theirDate, boolean confirms) {
            assertThat(confirms(validators(theirTag, theirDate), stored(validators(tag, date), fields())))
                    .isEqualTo(confirms);
        }

        private static HttpHeaders validators(String tag, String date) {
            String text = date == null
                    ? ""
                    : date.replace("DATE", DATE).replace("SAME", SAME_DATE).replace("LATER", LATER);
            return fields("ETag", tag == null ? "" : tag, "Last-Modified", text);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    // the tags of the stored responses, the tag of the 304, the responses that it selects
                    "\"1\" \"2\" \"1\"       # \"1\"   # 0 2",
                    "\"1\" \"2\"             # \"3\"   # ``",
                    "W/\"1\" \"1\" \"1\"     # \"1\"   # 1 2",
                    "W/\"1\" W/\"2\" W/\"1\" # W/\"1\" # 2",
                    "W/\"1\" \"1\" \"2\"     # W/\"1\" # 1",
                    "W/\"1\" W/\"1\" \"2\"   # \"1\"   # 1",
                    "\"1\" \"2\"             # W/\"3\" # ``",
                    "1 \"1\" 1               # 1       # 2",
                    "1 \"1\" 1               # \"1\"   # 1",
                    "\"1\" \"2\"             # ``      # ``",
                    "\"1\"                   # ``      # 0",
                    "``                      # ``      # ``",
                })
        void a_strong_tag_selects_all_that_have_it_and_a_weak_one_the_most_recent(
                String tags, String theirs, String selected) {
            List<StoredResponse> candidates = new ArrayList<>();
            for (String tag : tags.isEmpty() ? new String[0] : tags.split(" ")) {
                int second = candidates.size();
                candidates.add(tagged(tag, "Date", "Mon, 01 Jan 2024 00:00:0" + second + " GMT"));
            }
            assertThat(indices(fields("ETag", theirs), candidates)).isEqualTo(selected);
        }

        @Test
        void of_several_with_its_date_a_304_without_a_tag_selects_the_most_recent() {
            List<StoredResponse> candidates = List.of(
                    answered(200, 1, AT, "Last-Modified", DATE, "Date", LATER),
                    answered(200, 1, AT.plusSeconds(1), "Last-Modified", SAME_DATE), // time of receipt in place of Date
                    answered(200, 1, AT, "Last-Modified", DATE),
                    answered(200, 1, AT.plusSeconds(9), "Last-Modified", LATER));
            assertThat(indices(fields("Last-Modified", DATE), candidates)).isEqualTo("1");
            assertThat(indices(fields("Last-Modified", "never"), candidates)).isEmpty();
            assertThat(indices(fields(), candidates)).isEmpty();
        }

        @Test
        void of_several_that_are_equally_recent_the_first_is_selected() {
            StoredResponse one = tagged("W/\"1\"");
            assertThat(indices(fields("ETag", "W/\"1\""), List.of(one, tagged("W/\"1\""))))
                    .isEqualTo("0");
        }

        private static String indices(HttpHeaders notModified, List<StoredResponse> candidates) {
            return Validators.selected(notModified, candidates).stream()
                    .map(selected -> indexOf(selected, candidates))
                    .map(String::valueOf)
                    .collect(Collectors.joining(" "));
        }

        private static int indexOf(StoredResponse selected, List<StoredResponse> candidates) {
            for (int i = 0; i < candidates.size(); i++) {
                if (candidates.get(i) == selected) {
                    return i;
                }
            }
            throw new AssertionError("none of the candidates");
        }
    }

    private static StoredResponse tagged(String tag, String... others) {
        List<String> fields = new ArrayList<>(List.of("ETag", tag));
        fields.addAll(List.of(others));
        return answered(200, 1, AT, fields.toArray(String[]::new));
    }

    private static boolean confirms(HttpHeaders notModified, StoredResponse stored) {
        return !Validators.selected(notModified, List.of(stored)).isEmpty();
    }
}
