package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.Invariants;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 §14 and §13.1.5, RFC 9111 §3.4: parts of a response that is stored whole. */
class Rfc9110RangeTest {
    private static final byte[] TEN = "0123456789".getBytes(StandardCharsets.US_ASCII);
    private static final String DATE = "Tue, 03 Feb 2026 04:03:26 GMT";
    /**
     * Fields of the stored response. Its Last-Modified is more than a minute before its Date, so the date is a strong
     * validator (RFC 9110 §8.8.2.2).
     */
    private static final String STORED = "Cache-Control: max-age=60; Content-Type: text/plain; ETag: \"x\"; Date: "
            + "Tue, 03 Feb 2026 04:05:06 GMT; Last-Modified: " + DATE;

    @RegisterExtension
    final Invariants given = new Invariants();

    private List<Side> both() throws Exception {
        List<Side> both = List.of(Side.ofOne(given), Side.ofMany(given));
        for (Side side : both) {
            stored(side, STORED);
        }
        return both;
    }

    private static Side stored(Side side, String fields) throws Exception {
        side.origin.on("/a", call -> call.send(200, TEN, Side.lines(fields)));
        side.get("");
        return side;
    }

    @Nested
    @DisplayName("RFC 9110 §14.2 Range, §15.3.7 206 and §15.5.17 416, from the store")
    class Section_14 {
        @ParameterizedTest(name = "{0}: {1} {2}")
        @CsvSource(
                delimiter = '|',
                nullValues = "-",
                value = {
                    "bytes=0-0     | 206 | 0          | bytes 0-0/10",
                    "bytes=2-4     | 206 | 234        | bytes 2-4/10",
                    "bytes=9-9     | 206 | 9          | bytes 9-9/10",
                    "bytes=8-      | 206 | 89         | bytes 8-9/10",
                    "bytes=0-      | 206 | 0123456789 | bytes 0-9/10",
                    "bytes=8-99    | 206 | 89         | bytes 8-9/10",
                    "bytes=-3      | 206 | 789        | bytes 7-9/10",
                    "bytes=-99     | 206 | 0123456789 | bytes 0-9/10",
                    "Bytes=2-4     | 206 | 234        | bytes 2-4/10",
                    "bytes=10-     | 416 | ''         | bytes */10",
                    "bytes=10-12   | 416 | ''         | bytes */10",
                    "bytes=-0      | 416 | ''         | bytes */10",
                    // invalid ranges, another unit, or several ranges: the whole body
                    "bytes=4-2     | 200 | 0123456789 | -",
                    "bytes=a-b     | 200 | 0123456789 | -",
                    "bytes=-       | 200 | 0123456789 | -",
                    "lines=0-1     | 200 | 0123456789 | -",
                    "bytes=0-6,3-4 | 200 | 0123456789 | -",
                })
        void a_part_of_what_is_stored(String range, int status, String body, String contentRange) throws Exception {
            for (Side side : both()) {
                HttpResponse<String> response = side.after(10).get("Range: " + range);
                assertThat(response.statusCode()).isEqualTo(status);
                assertThat(response.body()).isEqualTo(body);
                assertThat(response.headers().firstValue("content-range").orElse(null))
                        .isEqualTo(contentRange);
                assertThat(response.headers().firstValue("content-length")).hasValue("" + body.length());
                assertThat(side.origin.requests()).isEqualTo(1);
                if (status != 416) {
                    assertThat(response.headers().firstValue("etag")).hasValue("\"x\"");
                    assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
                    assertThat(Side.age(response)).isEqualTo("10");
                }
                assertThat(Side.cacheStatus(response)).isEqualTo("Fetchonce; hit; ttl=50");
            }
        }

        @Test
        void of_nothing_there_is_no_part() throws Exception {
            Side side = Side.ofOne(given);
            side.answers(200, STORED);
            side.origin.on("/a", call -> call.send(200, new byte[0], Side.lines(STORED)));
            side.get("");
            assertThat(side.get("Range: bytes=0-").statusCode()).isEqualTo(416);
        }

        @Test
        void conditions_come_first() throws Exception {
            for (Side side : both()) {
                assertThat(side.get("Range: bytes=0-0; If-None-Match: \"x\"").statusCode())
                        .isEqualTo(304);
                assertThat(side.get("Range: bytes=0-0; If-None-Match: \"y\"").statusCode())
                        .isEqualTo(206);
            }
        }

        @Test
        void with_head_a_range_has_no_meaning() throws Exception {
            for (Side side : both()) {
                HttpResponse<String> head = side.send("HEAD", "/a", "Range: bytes=0-0");
                assertThat(head.statusCode()).isEqualTo(200);
                assertThat(head.headers().firstValue("content-length")).hasValue("10");
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {404, 410})
        void of_a_failure_there_are_no_parts(int status) throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> call.send(status, TEN, Side.lines(STORED)));
            side.get("");
            HttpResponse<String> response = side.get("Range: bytes=0-0");
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body()).isEqualTo("0123456789");
        }
    }

    @Nested
    @DisplayName("RFC 9110 §13.1.5 If-Range, from the store")
    class Section_13_1_5 {
        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "\"x\"                         | 206",
                    DATE + "                       | 206",
                    "W/\"x\"                       | 200",
                    "\"y\"                         | 200",
                    "Tue, 03 Feb 2026 04:03:27 GMT | 200",
                    "Tue, 03 Feb 2026 04:03:25 GMT | 200",
                    "nonsense                      | 200",
                })
        void the_part_only_where_the_whole_is_the_same(String ifRange, int status) throws Exception {
            for (Side side : both()) {
                assertThat(side.get("Range: bytes=0-0; If-Range: " + ifRange).statusCode())
                        .isEqualTo(status);
                assertThat(side.origin.requests()).isEqualTo(1);
            }
        }

        @Test
        void a_weak_tag_is_never_the_same() throws Exception {
            Side side = stored(Side.ofOne(given), "Cache-Control: max-age=60; ETag: W/\"x\"");
            assertThat(side.get("Range: bytes=0-0; If-Range: W/\"x\"").statusCode())
                    .isEqualTo(200);
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.3 and §3.4: what comes in parts is neither stored nor combined")
    class Parts {
        @Test
        void where_nothing_is_stored_the_request_goes_past_the_cache_with_its_range() throws Exception {
            Side side = Side.ofOne(given);
            side.origin.on("/a", call -> {
                if (call.field("Range").isPresent()) {
                    call.send(206, new byte[] {'0'}, "Content-Range: bytes 0-0/10", "Cache-Control: max-age=60");
                } else {
                    call.send(200, TEN, "Cache-Control: max-age=60");
                }
            });
            for (int i = 1; i <= 2; i++) {
                HttpResponse<String> part = side.get("Range: bytes=0-0");
                assertThat(part.statusCode()).isEqualTo(206);
                assertThat(part.body()).isEqualTo("0");
                assertThat(side.origin.requests()).isEqualTo(i);
            }
            assertThat(side.get("").body())
                    .as("a part is never taken for the whole")
                    .isEqualTo("0123456789");
            assertThat(side.get("Range: bytes=0-0").body()).isEqualTo("0");
            assertThat(side.origin.requests()).isEqualTo(3);
        }
    }
}
