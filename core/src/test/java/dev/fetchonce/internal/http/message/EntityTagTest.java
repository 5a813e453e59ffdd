package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entity tags (RFC 9110 §8.8.3). */
class EntityTagTest {
    @Nested
    @DisplayName("RFC 9110 §8.8.3 ETag")
    class Section_8_8_3 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    "\"1\"         # STRONG",
                    "` \"1\"\t`    # STRONG",
                    "\"\"          # STRONG",
                    "\"a,b\"       # STRONG",
                    "\"a\\\"       # STRONG",
                    "`\"!#~\u0080\u00ff\"` # STRONG",
                    "W/\"1\"       # WEAK",
                    "W/\"\"        # WEAK",
                    "w/\"1\"       # MALFORMED",
                    "W/ \"1\"      # MALFORMED",
                    "W/1           # MALFORMED",
                    "W/            # MALFORMED",
                    "1             # MALFORMED",
                    "\"            # MALFORMED",
                    "\"1           # MALFORMED",
                    "1\"           # MALFORMED",
                    "\"1\"2\"      # MALFORMED",
                    "\"a b\"       # MALFORMED",
                    "\"a\u007f\"   # MALFORMED",
                    "\"\u0100\"    # MALFORMED",
                    "\"1\", \"2\"  # MALFORMED",
                    "'1'           # MALFORMED",
                    "*             # MALFORMED",
                    "``            # MALFORMED",
                })
        void a_tag_is_in_quotes_and_its_weakness_in_upper_case(String text, EntityTag.Kind kind) {
            EntityTag tag = EntityTag.of(text);
            assertThat(tag.kind()).isEqualTo(kind);
            assertThat(tag.text()).isEqualTo(text.strip());
            assertThat(EntityTag.of(tag.text())).isEqualTo(tag);
        }

        @Test
        void a_response_has_one_or_none() {
            assertThat(EntityTag.of(fields())).isEmpty();
            assertThat(EntityTag.of(fields("ETag", " "))).isEmpty();
            assertThat(EntityTag.of(fields("etag", " W/\"1\" "))).contains(EntityTag.of("W/\"1\""));
            assertThat(EntityTag.of(fields("ETag", "\"1\"", "ETag", "\"1\""))).contains(EntityTag.of("\"1\""));
        }

        @Test
        void two_that_differ_are_neither() {
            EntityTag both =
                    EntityTag.of(fields("ETag", "\"1\"", "ETag", "\"2\"")).orElseThrow();
            assertThat(both.wellFormed()).isFalse();
            assertThat(both.weakly(EntityTag.of("\"1\""))).isFalse();
            assertThat(both.weakly(EntityTag.of("\"2\""))).isFalse();
        }

        @Test
        void a_well_formed_one_cannot_be_made_of_anything_else() {
            assertThatIllegalArgumentException().isThrownBy(() -> new EntityTag("1", EntityTag.Kind.STRONG));
            assertThatIllegalArgumentException().isThrownBy(() -> new EntityTag("W/\"1\"", EntityTag.Kind.WEAK));
        }
    }

    @Nested
    @DisplayName("RFC 9110 §8.8.3.2 comparison")
    class Section_8_8_3_2 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    // one tag, another tag, strong comparison, weak comparison
                    "W/\"1\", W/\"1\", false, true",
                    "W/\"1\", W/\"2\", false, false",
                    "W/\"1\", \"1\",   false, true",
                    "\"1\",   \"1\",   true,  true",
                    "\"1\",   \"2\",   false, false",
                    "\"\",    \"\",    true,  true",
                    "\"a\",   \"A\",   false, false",
                    "\"W/1\", W/\"1\", false, false",
                    "1,       1,       false, true",
                    "1,       \"1\",   false, false",
                    "w/\"1\", \"1\",   false, false",
                    "w/\"1\", W/\"1\", false, false",
                    "W/1,     1,       false, false",
                    "*,       \"1\",   false, false",
                })
        void as_its_table_has_it_either_way_round(String one, String other, boolean strongly, boolean weakly) {
            EntityTag mine = EntityTag.of(one);
            EntityTag theirs = EntityTag.of(other);
            assertThat(mine.strongly(theirs)).isEqualTo(strongly);
            assertThat(theirs.strongly(mine)).isEqualTo(strongly);
            assertThat(mine.weakly(theirs)).isEqualTo(weakly);
            assertThat(theirs.weakly(mine)).isEqualTo(weakly);
        }
    }

    @Nested
    @DisplayName("RFC 9110 §13.1.2 a list of entity tags")
    class Section_13_1_2 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    "``                        # ``",
                    "`,, ,`                    # ``",
                    "\"1\"                     # \"1\"",
                    "\"1\",\"2\"               # \"1\" | \"2\"",
                    "` \"1\" ,\t, W/\"2\",`    # \"1\" | W/\"2\"",
                    "\"a,b\", \"c\"            # \"a,b\" | \"c\"",
                    "W/\"a,b\",\"c\"           # W/\"a,b\" | \"c\"",
                    // a backslash escapes nothing
                    "\"a\\\", \"b\"            # \"a\\\" | \"b\"",
                    "1, \"2\"                  # 1 | \"2\"",
                    "*, \"2\"                  # * | \"2\"",
                    "\"1\" \"2\", \"3\"        # \"1\" \"2\" | \"3\"",
                    // an unclosed quote extends to the end of the line
                    "\"1, \"2\", \"3\"         # \"1, \"2\", \"3\"",
                    "\"1\", \"2, 3             # \"1\" | \"2, 3",
                })
        void a_comma_in_quotes_does_not_end_a_member(String line, String members) {
            assertThat(joined(List.of(line))).isEqualTo(members);
        }

        @Test
        void several_lines_are_one_list_and_a_quote_ends_with_its_line() {
            assertThat(joined(List.of("\"1\", \"2", "\"3\"", "", "W/\"4\"")))
                    .isEqualTo("\"1\" | \"2 | \"3\" | W/\"4\"");
        }

        @Test
        void whatever_comes_nothing_is_thrown_and_no_tag_appears_that_was_not_written() {
            Random random = random("whatever_comes");
            for (int round = 0; round < 20_000; round++) {
                StringBuilder line = new StringBuilder();
                for (int i = random.nextInt(12); i > 0; i--) {
                    line.append("\"\",, W/1\\*\u00ff\u0000".charAt(random.nextInt(12)));
                }
                for (EntityTag tag : EntityTag.list(List.of(line.toString()))) {
                    assertThat(line.toString()).contains(tag.text());
                    assertThat(EntityTag.of(tag.text())).isEqualTo(tag);
                }
            }
        }

        private static String joined(List<String> lines) {
            return EntityTag.list(lines).stream().map(EntityTag::text).collect(Collectors.joining(" | "));
        }
    }
}
