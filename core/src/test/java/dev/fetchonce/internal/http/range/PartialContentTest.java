package dev.fetchonce.internal.http.range;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.Fields;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartialContentTest {
    private static final String WHOLE = "0123456789";

    @Nested
    @DisplayName("RFC 9111 §3.3 Storing Incomplete Responses")
    class Section_3_3 {
        @Test
        void a_part_with_a_strong_tag_and_all_its_bytes_can_be_kept() {
            assertThat(PartialContent.keepable(part(2, 5, "\"1\""))).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"W/\"1\"", "1", ""})
        void a_part_without_a_strong_tag_cannot(String tag) {
            assertThat(PartialContent.keepable(part(2, 5, tag))).isFalse();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "bytes 2-6/10",
                    "bytes 2-4/10",
                    "bytes 2-5/*",
                    "bytes */10",
                    "bytes 5-2/10",
                    "bytes 2-5/5",
                    "items 2-5/10",
                    "bytes 2-5",
                    "bytes 99999999999999999999-999999999999999999999/1",
                    "",
                })
        void a_part_with_a_bad_content_range_cannot(String range) {
            assertThat(PartialContent.keepable(response(206, "2345", "ETag", "\"1\"", "Content-Range", range)))
                    .isFalse();
        }

        @Test
        void a_200_is_no_part() {
            StoredResponse odd = response(200, "2345", "ETag", "\"1\"", "Content-Range", "bytes 2-5/10");
            assertThat(PartialContent.keepable(odd)).isFalse();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §3.4 Combining Partial Content")
    class Section_3_4 {
        @ParameterizedTest
        @CsvSource({
            "0, 3, 4, 6, bytes 0-6/10",
            "4, 6, 0, 3, bytes 0-6/10",
            "0, 5, 3, 8, bytes 0-8/10",
            "3, 8, 0, 5, bytes 0-8/10",
            "2, 7, 3, 4, bytes 2-7/10",
            "3, 4, 2, 7, bytes 2-7/10",
            "0, 3, 0, 3, bytes 0-3/10",
        })
        void parts_without_a_gap_are_put_together(int first, int last, int first2, int last2, String both) {
            StoredResponse combined = PartialContent.combined(part(first, last, "\"1\""), part(first2, last2, "\"1\""));
            assertThat(combined.status()).isEqualTo(206);
            assertThat(combined.headers().allValues("content-range")).containsExactly(both);
            ContentRange range = ContentRange.of(combined.headers()).orElseThrow();
            assertThat(body(combined)).isEqualTo(WHOLE.substring((int) range.first(), (int) range.last() + 1));
            assertThat(combined.headers().allValues("content-length"))
                    .containsExactly(Integer.toString(body(combined).length()));
            assertThat(PartialContent.keepable(combined)).isTrue();
        }

        @ParameterizedTest
        @CsvSource({"0, 3, 5, 6", "5, 6, 0, 3"})
        void with_a_gap_between_them_the_newer_is_kept(int first, int last, int first2, int last2) {
            StoredResponse arrived = part(first2, last2, "\"1\"");
            assertThat(PartialContent.combined(part(first, last, "\"1\""), arrived))
                    .isSameAs(arrived);
        }

        @Test
        void the_newer_fields_count_and_those_that_only_the_older_has_stay() {
            StoredResponse old =
                    response(206, "01", "ETag", "\"1\"", "Content-Range", "bytes 0-1/10", "A", "old", "B", "old");
            StoredResponse anew = response(206, "23", "ETag", "\"1\"", "Content-Range", "bytes 2-3/10", "A", "new");
            StoredResponse combined = PartialContent.combined(old, anew);
            assertThat(combined.headers().allValues("A")).containsExactly("new");
            assertThat(combined.headers().allValues("B")).containsExactly("old");
        }

        @Test
        void parts_of_different_wholes_are_not() {
            StoredResponse arrived = part(4, 6, "\"2\"");
            assertThat(PartialContent.combined(part(0, 3, "\"1\""), arrived)).isSameAs(arrived);
            StoredResponse longer = response(206, "4", "ETag", "\"1\"", "Content-Range", "bytes 4-4/11");
            assertThat(PartialContent.combined(part(0, 3, "\"1\""), longer)).isSameAs(longer);
            StoredResponse coded =
                    response(206, "4", "ETag", "\"1\"", "Content-Range", "bytes 4-4/10", "Content-Encoding", "gzip");
            assertThat(PartialContent.combined(part(0, 3, "\"1\""), coded)).isSameAs(coded);
            assertThat(PartialContent.combined(null, arrived)).isSameAs(arrived);
        }

        @Test
        void all_of_it_is_the_whole() {
            StoredResponse all = PartialContent.combined(part(0, 5, "\"1\""), part(6, 9, "\"1\""));
            StoredResponse whole = PartialContent.completed(all).orElseThrow();
            assertThat(whole.status()).isEqualTo(200);
            assertThat(body(whole)).isEqualTo(WHOLE);
            assertThat(whole.headers().allValues("content-range")).isEmpty();
            assertThat(whole.headers().allValues("content-length")).containsExactly("10");
            assertThat(PartialContent.completed(part(0, 8, "\"1\""))).isEmpty();
            assertThat(PartialContent.completed(part(1, 9, "\"1\""))).isEmpty();
        }

        @Test
        void in_whatever_order_they_come_each_byte_is_in_its_place() {
            Random random = Fields.random("in_whatever_order");
            for (int round = 0; round < 500; round++) {
                StoredResponse stored = null;
                Optional<StoredResponse> whole = Optional.empty();
                for (int step = 0; step < 200 && whole.isEmpty(); step++) {
                    int first = random.nextInt(10);
                    int last = first + random.nextInt(10 - first);
                    stored = PartialContent.combined(stored, part(first, last, "\"1\""));
                    ContentRange range = ContentRange.of(stored.headers()).orElseThrow();
                    assertThat(range.first()).isLessThanOrEqualTo(first);
                    assertThat(range.last()).isGreaterThanOrEqualTo(last);
                    assertThat(body(stored)).isEqualTo(WHOLE.substring((int) range.first(), (int) range.last() + 1));
                    whole = PartialContent.completed(stored);
                }
                whole.ifPresent(all -> assertThat(body(all)).isEqualTo(WHOLE));
            }
        }
    }

    @Nested
    @DisplayName("RFC 9110 §14.2 Range, of a stored part")
    class Section_14_2 {
        @ParameterizedTest
        @CsvSource({
            "bytes=2-7, 234567",
            "bytes=2-2, 2",
            "bytes=4-5, 45",
        })
        void what_it_holds_is_cut_out(String range, String bytes) {
            StoredResponse cut = PartialContent.answer(fields("Range", range), part(2, 7, "\"1\""))
                    .orElseThrow();
            assertThat(body(cut)).isEqualTo(bytes);
            assertThat(cut.status()).isEqualTo(206);
            assertThat(PartialContent.keepable(cut)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "bytes=1-3",
                    "bytes=2-8",
                    "bytes=2-",
                    "bytes=-1",
                    "bytes=0-",
                    "bytes=11-",
                    "bytes=2-3, 5-6",
                    "bytes=x",
                    "items=2-3",
                })
        void what_it_does_not_hold_or_is_no_single_range_is_not(String range) {
            assertThat(PartialContent.answer(fields("Range", range), part(2, 7, "\"1\"")))
                    .isEmpty();
        }

        @Test
        void an_end_that_is_held_is_found_by_the_length_of_the_whole() {
            StoredResponse end = part(7, 9, "\"1\"");
            assertThat(PartialContent.answer(fields("Range", "bytes=-2"), end).map(PartialContentTest::body))
                    .contains("89");
            assertThat(PartialContent.answer(fields("Range", "bytes=8-"), end).map(PartialContentTest::body))
                    .contains("89");
        }

        @Test
        void an_if_range_about_another_one_is_not_answered() {
            StoredResponse part = part(2, 7, "\"1\"");
            assertThat(PartialContent.answer(fields("Range", "bytes=2-3", "If-Range", "\"1\""), part))
                    .isPresent();
            assertThat(PartialContent.answer(fields("Range", "bytes=2-3", "If-Range", "\"2\""), part))
                    .isEmpty();
        }
    }

    @Nested
    @DisplayName("RFC 9110 §14.4 Content-Range")
    class Section_14_4 {
        @ParameterizedTest
        @CsvSource({"-1, 0, 1", "1, 0, 2", "0, 1, 1"})
        void there_is_no_part_beyond_the_whole(long first, long last, long length) {
            assertThatIllegalArgumentException().isThrownBy(() -> new ContentRange(first, last, length));
        }

        @Test
        void two_lines_are_none() {
            assertThat(ContentRange.of(fields("Content-Range", "bytes 0-1/2", "Content-Range", "bytes 0-1/2")))
                    .isEmpty();
        }
    }

    @Nested
    @DisplayName("RFC 9110 §14.6 multipart/byteranges")
    class Section_14_6 {
        @Test
        void each_part_says_what_it_is() {
            StoredResponse stored = response(200, WHOLE, "Content-Type", "text/plain", "ETag", "\"1\"");
            ByteRange.Several several = (ByteRange.Several) ByteRange.of(fields("Range", "bytes=0-1, -3"), stored);
            MultipartRanges parts = MultipartRanges.of(stored, several.parts());
            assertThat(new String(parts.body(), StandardCharsets.ISO_8859_1)).isEqualTo("""
                    \r
                    --fetchonce-0\r
                    Content-Type: text/plain\r
                    Content-Range: bytes 0-1/10\r
                    \r
                    01\r
                    --fetchonce-0\r
                    Content-Type: text/plain\r
                    Content-Range: bytes 7-9/10\r
                    \r
                    789\r
                    --fetchonce-0--\r
                    """);
            assertThat(parts.headers().allValues("content-type"))
                    .containsExactly("multipart/byteranges; boundary=fetchonce-0");
            assertThat(parts.headers().allValues("content-length"))
                    .containsExactly(Integer.toString(parts.body().length));
            assertThat(parts.headers().allValues("content-range")).isEmpty();
            assertThat(parts.headers().allValues("etag")).containsExactly("\"1\"");
        }

        @Test
        void the_boundary_is_not_in_what_it_separates() {
            StoredResponse stored = response(200, "--fetchonce-0 fetchonce-1");
            ByteRange.Several several = (ByteRange.Several) ByteRange.of(fields("Range", "bytes=0-12, 14-24"), stored);
            assertThat(MultipartRanges.of(stored, several.parts()).headers().firstValue("content-type"))
                    .contains("multipart/byteranges; boundary=fetchonce-2");
        }
    }

    @Nested
    @DisplayName("RFC 9530 §2 The Content-Digest Field")
    class Digest {
        @Test
        void a_digest_of_one_part_stays_with_that_part_alone() {
            StoredResponse digested = response(
                    206,
                    "0123",
                    "ETag",
                    "\"1\"",
                    "Content-Range",
                    "bytes 0-3/10",
                    "Content-Digest",
                    "sha-256=:MDEyMw==:",
                    "Content-MD5",
                    "MDEyMw==");
            StoredResponse both = PartialContent.combined(part(4, 9, "\"1\""), digested);
            assertNoDigest(both);
            assertNoDigest(PartialContent.completed(both).orElseThrow());
            assertNoDigest(PartialContent.answer(fields("Range", "bytes=1-2"), digested)
                    .orElseThrow());
            StoredResponse distant = part(5, 9, "\"1\"");
            assertThat(PartialContent.combined(distant, digested)).isSameAs(digested);
        }

        private void assertNoDigest(StoredResponse response) {
            assertThat(response.headers().map().keySet())
                    .doesNotContain("Content-Digest", "content-digest", "Content-MD5", "content-md5");
        }
    }

    private static StoredResponse part(int first, int last, String tag) {
        return response(
                206,
                WHOLE.substring(first, last + 1),
                "ETag",
                tag,
                "Content-Range",
                "bytes " + first + "-" + last + "/10");
    }

    private static StoredResponse response(int status, String body, String... namesAndValues) {
        return new StoredResponse(
                TargetUri.parse("http://h/").text(),
                status,
                fields(namesAndValues),
                new Representation(
                        body.getBytes(StandardCharsets.ISO_8859_1), fields(), new ContentCodings(100, Map.of())),
                VarySelection.of(fields(), fields()),
                Validity.ofTtl(100, 0, 0),
                0,
                Instant.EPOCH,
                ConnectionInfo.PLAIN);
    }

    private static String body(StoredResponse response) {
        return new String(response.representation().wire(), StandardCharsets.ISO_8859_1);
    }
}
