package dev.fetchonce.internal.http.message;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The place where a response ends (RFC 9112 §6.3, RFC 9110 §8.6 and §15.4.5). */
class FramingTest {
    private static final String LENGTH_FAULT = "its Content-Length is not one number of bytes";
    private static final String CODING_FAULT = "its Transfer-Encoding is not chunked alone";

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "200 #",
                "200 # Content-Length: 0",
                "200 # Content-Length: 5",
                "200 # content-length: 007",
                "200 # Content-Length: 999999999999999999",
                "200 # Content-Length: 5|Content-Length: 5",
                "200 # Transfer-Encoding: chunked",
                "200 # TRANSFER-ENCODING: Chunked",
                "204 #",
                "204 # Content-Length: 0",
                "204 # Content-Length: 00|Content-Length: 00",
                "304 #",
                "304 # Content-Length: 0",
                "304 # Content-Length: 5",
                "404 # Content-Length: 5",
            })
    void a_head_that_tells_where_the_response_ends_is_believed(int status, String lines) {
        assertThat(Framing.fault(status, parsed(lines))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "Content-Length: 5|Transfer-Encoding: chunked",
                "Content-Length: 0|Transfer-Encoding: chunked",
                "Content-Length: |Transfer-Encoding: chunked",
                "Content-Length: x|Transfer-Encoding: y",
            })
    void a_length_beside_a_transfer_coding_is_not_believed(String lines) {
        assertFault(lines, "it has both Content-Length and Transfer-Encoding");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "Content-Length: 5|Content-Length: 6",
                "Content-Length: 5|Content-Length: 5|Content-Length: 0",
                "Content-Length: 5|Content-Length: 05",
            })
    void lengths_that_differ_are_not_believed(String lines) {
        assertFault(lines, "it has several Content-Lengths, which differ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+5",
                "-5",
                "-0",
                "5 5",
                "5, 6",
                "5, 5",
                "5,",
                ",",
                "5;",
                "5.0",
                "0x5",
                "5e3",
                "five",
                "1_000",
                "\u00b2",
                "1000000000000000000",
                "10000000000000000000",
                "00000000000000000005",
            })
    void a_length_that_is_no_number_is_not_believed(String length) {
        assertFault("Content-Length: " + length, LENGTH_FAULT);
        assertFault("Content-Length: " + length + "|Content-Length: " + length, LENGTH_FAULT);
        assertFault("Content-Length: 5|Content-Length: " + length, LENGTH_FAULT);
        assertFault("Content-Length: " + length + "|Content-Length: 5", LENGTH_FAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gzip",
                "identity",
                "gzip, chunked",
                "chunked, gzip",
                "chunked, chunked",
                "chunked,",
                ", chunked",
                "chunked;q=1",
                "xchunked",
                "chunked chunked",
                "chunked|Transfer-Encoding: chunked",
                "gzip|Transfer-Encoding: chunked",
                "chunked|Transfer-Encoding: ",
            })
    void a_transfer_coding_other_than_chunked_once_is_not_believed(String coding) {
        assertFault("Transfer-Encoding: " + coding, CODING_FAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "204 # Content-Length: 1",
                "204 # Transfer-Encoding: chunked",
                "204 # Content-Length: 0|Transfer-Encoding: chunked",
                "204 # Content-Length: many",
                "304 # Transfer-Encoding: chunked",
                "304 # Transfer-Encoding: gzip, chunked",
                "304 # Transfer-Encoding: identity",
                "304 # Transfer-Encoding:",
                "304 # Content-Length: 5|Transfer-Encoding: chunked",
                "304 # Content-Length: 5|Content-Length: 6",
                "304 # Content-Length: 5, 5",
                "304 # Content-Length: many",
                "304 # Content-Length: -1",
            })
    void a_response_without_a_body_is_believed_whatever_it_announces_and_its_connection_is_not(
            int status, String lines) {
        assertThat(Framing.bodiless(status)).isTrue();
        assertThat(Framing.fault(status, parsed(lines))).isEmpty();
        assertThat(Framing.doubtful(status, parsed(lines))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "204 #",
                "204 # Content-Length: 0",
                "304 #",
                "304 # Content-Length: 0",
                "304 # Content-Length: 5",
                "304 # Content-Length: 5|Content-Length: 5",
            })
    void the_connection_of_a_response_without_a_body_may_be_used_again_where_it_announces_none(
            int status, String lines) {
        assertThat(Framing.doubtful(status, parsed(lines))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 205, 206, 301, 404, 500})
    void other_responses_have_a_body(int status) {
        assertThat(Framing.bodiless(status)).isFalse();
    }

    @Test
    void a_header_block_is_bounded() {
        int most = 64 * 1024;
        int others = "Content-Length: 5\r\n".length();
        int punctuation = "X: \r\n".length();
        String longest = "x".repeat(most - others - punctuation);
        assertThat(Framing.fault(200, fields("Content-Length", "5", "X", longest)))
                .isEmpty();
        for (int status : new int[] {200, 204, 304}) {
            assertThat(Framing.fault(status, fields("Content-Length", "5", "X", longest + "x")))
                    .hasValue("its header fields take more than 65536 bytes");
        }
    }

    @Test
    void many_small_fields_count_like_a_large_one() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            lines.addAll(List.of("X-" + i % 7, ""));
        }
        assertThat(Framing.fault(200, fields(lines.toArray(String[]::new))))
                .hasValue("its header fields take more than 65536 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "                              # true",
                "Connection: close             # true",
                "Content-Length: 0             # false",
                "Content-Length: 5             # false",
                "Transfer-Encoding: chunked    # false",
            })
    void without_a_length_and_chunks_the_end_of_the_connection_is_the_end(String lines, boolean expected) {
        assertThat(Framing.closeDelimited(parsed(lines))).isEqualTo(expected);
    }

    @Test
    void the_announced_length_is_returned() {
        assertThat(Framing.length(fields())).isEmpty();
        assertThat(Framing.length(fields("Content-Length", "007"))).isEqualTo(OptionalLong.of(7));
        assertThat(Framing.length(fields("content-length", "5", "content-length", "5")))
                .isEqualTo(OptionalLong.of(5));
        assertThat(Framing.length(fields("Content-Length", "999999999999999999")))
                .isEqualTo(OptionalLong.of(999_999_999_999_999_999L));
    }

    @ParameterizedTest
    @CsvSource({"200, 5, 5", "200, 007, 7", "200, 0, 0", "204, 0, 0", "304, 5, 0", "404, 5, 5"})
    void a_body_as_long_as_was_announced_is_believed(int status, String announced, long received) {
        assertThat(Framing.fault(status, fields("Content-Length", announced), received))
                .isEmpty();
        assertThat(Framing.fault(status, fields(), received)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"200, 5, 4", "200, 5, 6", "200, 0, 1", "200, 1, 0", "404, 5, 0"})
    void a_body_longer_or_shorter_than_announced_is_not_believed(int status, String announced, long received) {
        assertThat(Framing.fault(status, fields("Content-Length", announced), received))
                .hasValue("its body is not as long as its Content-Length says");
    }

    private static void assertFault(String lines, String fault) {
        assertThat(Framing.fault(200, parsed(lines))).as(lines).hasValue(fault);
    }

    /** Returns fields from lines that a bar separates. */
    private static HttpHeaders parsed(String lines) {
        List<String> namesAndValues = new ArrayList<>();
        if (lines != null) {
            for (String line : lines.split("\\|")) {
                String[] pair = line.split(":", 2);
                namesAndValues.addAll(List.of(pair[0].strip(), pair[1].strip()));
            }
        }
        return fields(namesAndValues.toArray(String[]::new));
    }
}
