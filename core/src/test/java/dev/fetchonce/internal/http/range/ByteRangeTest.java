package dev.fetchonce.internal.http.range;

import static dev.fetchonce.internal.http.message.Fields.answered;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of a stored response that a Range selects (RFC 9110 §14, §13.1.5, §15.3.7 and §15.5.17). */
class ByteRangeTest {
    private static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
    private static final String A_SECOND_LATER = "Sun, 06 Nov 1994 08:49:38 GMT";
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final String WHOLE = "whole";

    @Nested
    @DisplayName("RFC 9110 §14.1.2 byte ranges and §14.2 Range")
    class Section_14 {
        @ParameterizedTest
        @CsvSource({
            // range, Content-Range of 10 bytes
            "bytes=0-0,        bytes 0-0/10",
            "bytes=0-9,        bytes 0-9/10",
            "bytes=2-5,        bytes 2-5/10",
            "bytes=9-9,        bytes 9-9/10",
            "bytes=0-10,       bytes 0-9/10",
            "bytes=9-99,       bytes 9-9/10",
            "bytes=0-,         bytes 0-9/10",
            "bytes=9-,         bytes 9-9/10",
            "bytes=-1,         bytes 9-9/10",
            "bytes=-10,        bytes 0-9/10",
            "bytes=-11,        bytes 0-9/10",
            "bytes=00002-0005, bytes 2-5/10",
            "bytes=2-99999999999999999999999999, bytes 2-9/10",
            "bytes=-99999999999999999999999999,  bytes 0-9/10",
            "bytes=000000000000000000000000000001-1, bytes 1-1/10",
            "BYTES=2-5,        bytes 2-5/10",
            "'bytes= 2-5 ',    bytes 2-5/10",
            "'bytes=,2-5,,',   bytes 2-5/10",
        })
        void one_range_of_bytes_is_a_part(String range, String contentRange) {
            assertThat(result(fields("Range", range), 10)).isEqualTo(contentRange);
        }

        @ParameterizedTest
        @CsvSource({
            "10, bytes=10-",
            "10, bytes=10-10",
            "10, bytes=11-99",
            "10, bytes=-0",
            "10, bytes=-000",
            "10, bytes=99999999999999999999999999-",
            "10, bytes=9223372036854775807-9223372036854775807",
            "0,  bytes=0-",
            "0,  bytes=0-0",
            "0,  bytes=-0",
        })
        void a_range_of_no_byte_is_unsatisfiable(int length, String range) {
            assertThat(result(fields("Range", range), length)).isEqualTo("bytes */" + length);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "bytes",
                    "bytes=",
                    "bytes=-",
                    "bytes=,",
                    "bytes=a-b",
                    "bytes=1",
                    "bytes=5-2",
                    "bytes=1-2-3",
                    "bytes=--1",
                    "bytes=+1-2",
                    "bytes=1 -2",
                    "bytes=1- 2",
                    "bytes =1-2",
                    "bytes:1-2",
                    "bytes=1-2;x",
                    "bytes=\u0661-\u0662",
                    "bytes=0x1-2",
                    "octets=1-2",
                    "items=0-1",
                    "bytes=0-1,oops",
                    "bytes=0-1,5-2",
                    "bytes=0-5,5-6",
                    "bytes=0-1,0-1",
                    "bytes=0-,-1",
                    "bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,15-15,16-16",
                })
        void any_other_is_ignored(String range) {
            assertThat(result(fields("Range", range), 30)).isEqualTo(WHOLE);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "bytes=0-1,3-4        | bytes 0-1/10, bytes 3-4/10",
                    "bytes=3-4, 0-1       | bytes 3-4/10, bytes 0-1/10",
                    "bytes=0-0, -1        | bytes 0-0/10, bytes 9-9/10",
                    "bytes=0-1, 20-30, 5- | bytes 0-1/10, bytes 5-9/10",
                    "bytes=0-1, 20-30     | bytes 0-1/10",
                    "bytes=20-30, 11-     | bytes */10",
                    "bytes=20-30, -0      | bytes */10",
                })
        void of_several_those_that_there_are_count(String range, String parts) {
            assertThat(result(fields("Range", range), 10)).isEqualTo(parts);
        }

        @Test
        void a_suffix_of_nothing_is_the_whole_of_it() {
            assertThat(result(fields("Range", "bytes=-5"), 0)).isEqualTo(WHOLE);
        }

        @Test
        void two_lines_are_several_ranges() {
            assertThat(result(fields("Range", "bytes=0-1", "Range", "bytes=0-1"), 10))
                    .isEqualTo(WHOLE);
            assertThat(result(fields(), 10)).isEqualTo(WHOLE);
        }

        @ParameterizedTest
        @ValueSource(ints = {203, 204, 301, 404, 500})
        void of_what_is_no_200_there_are_no_parts(int status) {
            assertThat(text(ByteRange.of(fields("Range", "bytes=0-1"), answered(status, 10, AT))))
                    .isEqualTo(WHOLE);
        }

        @Test
        void whatever_comes_a_part_lies_within_the_whole() {
            Random random = random("whatever_comes_a_part");
            for (int round = 0; round < 20_000; round++) {
                StringBuilder range = new StringBuilder("bytes=");
                for (int i = random.nextInt(6); i > 0; i--) {
                    range.append("0123-9, ".charAt(random.nextInt(8)));
                }
                int length = random.nextInt(40);
                ByteRange result = ByteRange.of(fields("Range", range.toString()), answered(200, length, AT));
                if (result instanceof ContentRange part) {
                    assertThat(part.first()).isBetween(0L, part.last());
                    assertThat(part.last()).isLessThan(length);
                }
            }
        }

        @ParameterizedTest
        @CsvSource({"-1, 0, 1", "1, 0, 2", "0, 1, 1", "0, 0, 0"})
        void there_is_no_part_beyond_the_whole(long first, long last, long length) {
            assertThatIllegalArgumentException().isThrownBy(() -> new ContentRange(first, last, length));
        }
    }

    @Nested
    @DisplayName("RFC 9110 §13.1.5 If-Range")
    class Section_13_1_5 {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiter = '#',
                value = {
                    // ETag, Last-Modified, Date, If-Range, whether the range counts
                    "\"1\"   # ``   # ``    # \"1\"   # true",
                    "\"1\"   # ``   # ``    # ` \"1\"` # true",
                    "\"1\"   # ``   # ``    # \"2\"   # false",
                    "\"1\"   # ``   # ``    # W/\"1\" # false",
                    "W/\"1\" # ``   # ``    # W/\"1\" # false",
                    "W/\"1\" # ``   # ``    # \"1\"   # false",
                    "\"1\"   # ``   # ``    # 1       # false",
                    "1       # ``   # ``    # 1       # false",
                    "\"1\"   # ``   # ``    # \"2\", \"1\" # false",
                    "\"1\"   # ``   # ``    # *       # false",
                    "\"1\"   # ``   # ``    # ``      # false",
                    "``      # ``   # ``    # ``      # false",
                    "``      # ``   # ``    # \"1\"   # false",
                    "\"1\"   # DATE # LATER # DATE    # true",
                    "``      # DATE # LATER # DATE    # true",
                    "``      # DATE # LATER # LATER   # false",
                    "``      # LATER # LATER # DATE   # false",
                    // two versions may exist within the second of the modification: RFC 9110 §8.8.2.2
                    "``      # DATE # DATE  # DATE    # false",
                    "``      # DATE # ``    # DATE    # false",
                    "``      # DATE # odd   # DATE    # false",
                    "``      # LATER # DATE # LATER   # false",
                    "``      # odd  # LATER # odd     # false",
                    "``      # DATE # LATER # Sunday, 06-Nov-94 08:49:37 GMT # false",
                })
        void it_counts_by_a_strong_tag_or_the_exact_strong_date(
                String tag, String modified, String date, String condition, boolean counts) {
            StoredResponse stored =
                    answered(200, 10, AT, "ETag", tag, "Last-Modified", dated(modified), "Date", dated(date));
            HttpHeaders request = fields("Range", "bytes=10-", "If-Range", dated(condition));
            assertThat(text(ByteRange.of(request, stored))).isEqualTo(counts ? "bytes */10" : WHOLE);
        }

        @Test
        void two_lines_are_no_validator() {
            HttpHeaders request = fields("Range", "bytes=0-1", "If-Range", "\"1\"", "If-Range", "\"1\"");
            assertThat(text(ByteRange.of(request, answered(200, 10, AT, "ETag", "\"1\""))))
                    .isEqualTo(WHOLE);
        }

        private static String dated(String word) {
            return word.replace("DATE", DATE).replace("LATER", A_SECOND_LATER);
        }
    }

    @Nested
    @DisplayName("RFC 9110 §15.3.7 206 and §15.5.17 416")
    class Section_15 {
        @Test
        void a_206_has_the_stored_fields_but_those_that_are_true_of_the_whole_only() {
            HttpHeaders stored = fields(
                    "content-length",
                    "10",
                    "ETag",
                    "\"1\"",
                    "Content-Type",
                    "a/b",
                    "Content-Digest",
                    "x",
                    "Content-MD5",
                    "x",
                    "Repr-Digest",
                    "y");
            assertThat(new ContentRange(2, 5, 10).headers(stored))
                    .isEqualTo(fields(
                            "Content-Length",
                            "4",
                            "ETag",
                            "\"1\"",
                            "Content-Type",
                            "a/b",
                            "Repr-Digest",
                            "y",
                            "Content-Range",
                            "bytes 2-5/10"));
            assertThat(stored.allValues("content-length")).containsExactly("10");
        }

        @Test
        void a_digest_of_the_whole_is_not_one_of_a_part() {
            assertThat(new ContentRange(0, 0, 10).headers(fields("Content-Digest", "x")))
                    .isEqualTo(fields("Content-Length", "1", "Content-Range", "bytes 0-0/10"));
        }

        @Test
        void a_416_says_how_long_the_whole_is() {
            assertThat(new ByteRange.Unsatisfiable(10).headers())
                    .isEqualTo(fields("Content-Length", "0", "Content-Range", "bytes */10"));
        }
    }

    private static String result(HttpHeaders request, int length) {
        return text(ByteRange.of(request, answered(200, length, AT)));
    }

    private static String text(ByteRange range) {
        return switch (range) {
            case ByteRange.Whole whole -> WHOLE;
            case ContentRange part -> part.text();
            case ByteRange.Several several ->
                several.parts().stream().map(ContentRange::text).collect(Collectors.joining(", "));
            case ByteRange.Unsatisfiable none -> none.contentRange();
        };
    }
}
