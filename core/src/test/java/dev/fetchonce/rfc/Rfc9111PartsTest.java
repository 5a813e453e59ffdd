package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 9111 §3.3 Storing Incomplete Responses, §3.4 Combining Partial Content")
class Rfc9111PartsTest {
    private static final String WHOLE = "0123456789";
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]+)");
    private static final String FRESH = "ETag: \"1\"; Cache-Control: max-age=60; Content-Type: text/plain";

    @RegisterExtension
    final Invariants given = new Invariants();

    private Side side(String fields) {
        Side side = Side.ofOne(given);
        side.origin.on("/a", call -> part(call, fields));
        return side;
    }

    private static void part(Call call, String fields) throws Exception {
        byte[] whole = WHOLE.getBytes(StandardCharsets.US_ASCII);
        Matcher range = RANGE.matcher(call.field("Range").orElse(""));
        if (!range.matches()) {
            call.send(200, whole, Side.lines(fields));
            return;
        }
        int first = Integer.parseInt(range.group(1));
        int last = Integer.parseInt(range.group(2));
        call.send(
                206,
                Arrays.copyOfRange(whole, first, last + 1),
                Side.lines(fields + "; Content-Range: bytes " + first + "-" + last + "/10"));
    }

    @Test
    void a_part_that_is_stored_answers_for_itself_and_for_what_is_in_it() throws Exception {
        Side side = side(FRESH);
        assertThat(side.get("Range: bytes=2-7").body()).isEqualTo("234567");
        for (String range : new String[] {"2-7", "3-4", "7-7"}) {
            HttpResponse<String> part = side.after(1).get("Range: bytes=" + range);
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.headers().firstValue("content-range")).hasValue("bytes " + range + "/10");
            assertThat(part.body()).isEqualTo(WHOLE.substring(range.charAt(0) - '0', range.charAt(2) - '0' + 1));
            assertThat(part.headers().firstValue("content-length"))
                    .hasValue("" + part.body().length());
            assertThat(Side.cacheStatus(part)).startsWith("Fetchonce; hit; ttl=");
        }
        assertThat(side.origin.requests()).isEqualTo(1);
        assertThat(side.get("Range: bytes=1-3").body()).isEqualTo("123");
        assertThat(side.origin.requests()).as("not all of it was stored").isEqualTo(2);
    }

    @Test
    void parts_are_put_together_until_they_are_the_whole() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3");
        side.get("Range: bytes=4-5");
        assertThat(side.get("Range: bytes=1-5").body()).isEqualTo("12345");
        assertThat(side.origin.requests()).isEqualTo(2);
        side.get("Range: bytes=6-9");
        HttpResponse<String> whole = side.get("");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(WHOLE);
        assertThat(whole.headers().firstValue("content-range")).isEmpty();
        assertThat(whole.headers().firstValue("content-length")).hasValue("10");
        assertThat(side.get("Range: bytes=-2").body()).isEqualTo("89");
        assertThat(side.origin.requests()).isEqualTo(3);
        assertThat(side.cache.stats().entries()).as("the parts are gone").isEqualTo(1);
    }

    @Test
    void a_request_for_the_whole_is_never_answered_with_a_part() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-8");
        HttpResponse<String> whole = side.get("");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(WHOLE);
        assertThat(side.send("HEAD", "/a", "").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ETag: W/\"1\"; Cache-Control: max-age=60",
                "Cache-Control: max-age=60",
                "ETag: \"1\"; Cache-Control: no-store",
                "ETag: \"1\"; Cache-Control: no-cache",
                "ETag: \"1\"; Cache-Control: max-age=0",
                "ETag: \"1\"; Cache-Control: max-age=60; Vary: *",
            })
    void a_part_without_a_strong_validator_or_that_may_not_be_used_is_asked_for_again(String fields) throws Exception {
        Side side = side(fields);
        assertThat(side.get("Range: bytes=0-3").body()).isEqualTo("0123");
        assertThat(side.get("Range: bytes=0-3").body()).isEqualTo("0123");
        assertThat(side.origin.requests()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control: no-cache  | 2",
                "Cache-Control: max-age=5 | 2",
                "Cache-Control: min-fresh=55 | 2",
                "Cache-Control: no-store  | 1",
                "If-Range: \"1\"          | 1",
                "If-Range: \"2\"          | 2",
                "If-None-Match: \"2\"     | 2",
                "Cookie: a=b              | 2",
            })
    void the_request_counts_as_it_does_for_the_whole(String field, int requests) throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3");
        assertThat(side.after(10).get("Range: bytes=0-3; " + field).body()).isEqualTo("0123");
        assertThat(side.origin.requests()).isEqualTo(requests);
    }

    @Test
    void a_part_with_no_store_leaves_nothing() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3; Cache-Control: no-store");
        side.get("Range: bytes=0-3");
        assertThat(side.origin.requests()).isEqualTo(2);
    }

    @Test
    void a_part_goes_stale() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3");
        side.after(61).get("Range: bytes=0-3");
        assertThat(side.origin.requests()).isEqualTo(2);
    }

    @Test
    void parts_of_another_version_are_not_mixed_in() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3");
        side.origin.on("/a", call -> part(call, FRESH.replace("\"1\"", "\"2\"")));
        side.get("Range: bytes=4-9");
        side.get("Range: bytes=0-9");
        assertThat(side.origin.requests()).isEqualTo(3);
    }

    @Test
    void a_part_that_broke_off_is_not_kept() throws Exception {
        Side side = side(FRESH);
        side.origin.on("/a", call -> {
            call.raw("HTTP/1.1 206 -\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\nContent-Range: bytes 0-3/10\r\n"
                    + "Content-Length: 4\r\n\r\n01");
            call.reset();
        });
        assertThat(catching(() -> side.get("Range: bytes=0-3"))).isTrue();
        side.origin.on("/a", call -> part(call, FRESH));
        assertThat(side.get("Range: bytes=0-3").body()).isEqualTo("0123");
    }

    @Test
    void a_part_whose_end_is_in_doubt_is_not_kept() throws Exception {
        Side side = Side.ofOne(given);
        side.origin.on(
                "/a",
                call -> call.raw("HTTP/1.1 206 -\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\n"
                        + "Content-Range: bytes 0-3/10\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n0123"));
        side.get("Range: bytes=0-3");
        side.get("Range: bytes=0-3");
        assertThat(side.origin.requests()).isEqualTo(2);
    }

    @Test
    void a_body_that_ends_with_its_connection_is_not_kept_in_a_coding_that_does_not_show_its_end() throws Exception {
        Side side = Side.ofOne(given);
        side.origin.on("/a", call -> {
            call.raw("HTTP/1.1 200 -\r\nContent-Encoding: br\r\nCache-Control: max-age=60\r\n\r\nhalf of it");
            call.end();
        });
        side.get("Accept-Encoding: br");
        side.get("Accept-Encoding: br");
        assertThat(side.origin.requests()).isEqualTo(2);
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static boolean catching(Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
            return false;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return true;
        }
    }

    @Test
    void an_invalidation_drops_the_parts_and_those_that_are_under_way() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3");
        Latch latch = given.latch();
        side.origin.on("/a", call -> {
            latch.pass();
            part(call, FRESH);
        });
        HttpRequest request = HttpRequest.newBuilder(side.origin.uri("/a"))
                .header("Range", "bytes=4-5")
                .build();
        CompletableFuture<HttpResponse<String>> underWay = side.client.sendAsync(request, BodyHandlers.ofString());
        latch.awaitArrivals(1);
        side.cache.invalidate(side.origin.uri("/a"));
        latch.open();
        assertThat(underWay.get().body()).isEqualTo("45");
        int before = side.origin.requests();
        side.get("Range: bytes=0-3");
        side.get("Range: bytes=4-5");
        assertThat(side.origin.requests()).isEqualTo(before + 2);
    }

    /**
     * Runs an action while the part with bytes 4 to 5 of /a is in progress. Returns the number of requests that a later
     * call for the part needs.
     */
    private int requestsForItOnceItCame(Side side, Callable<?> meanwhile) throws Exception {
        Latch latch = given.latch();
        side.origin.json("/b", "[]").on("/a", call -> {
            latch.pass();
            part(call, FRESH);
        });
        HttpRequest request = HttpRequest.newBuilder(side.origin.uri("/a"))
                .header("Range", "bytes=4-5")
                .build();
        CompletableFuture<HttpResponse<String>> underWay = side.client.sendAsync(request, BodyHandlers.ofString());
        latch.awaitArrivals(1);
        meanwhile.call();
        latch.open();
        assertThat(underWay.get().body()).isEqualTo("45");
        int before = side.origin.requests("/a");
        assertThat(side.get("Range: bytes=4-5").body()).isEqualTo("45");
        return side.origin.requests("/a") - before;
    }

    private static HttpRequest post(Side side, String path) {
        return HttpRequest.newBuilder(side.origin.uri(path))
                .POST(BodyPublishers.ofString("x"))
                .build();
    }

    @Test
    void an_invalidation_of_another_url_drops_no_part_that_is_under_way() throws Exception {
        Side side = side(FRESH);
        assertThat(requestsForItOnceItCame(side, () -> side.client.send(post(side, "/b"), BodyHandlers.discarding())))
                .as("after a POST to another URL")
                .isZero();
        Side second = side(FRESH);
        assertThat(requestsForItOnceItCame(second, () -> second.cache.invalidate(second.origin.uri("/b"))))
                .as("after an invalidation of another URL")
                .isZero();
        Side third = side(FRESH);
        assertThat(requestsForItOnceItCame(
                        third,
                        () -> third.cache.invalidateIf(uri -> uri.getPath().equals("/b"))))
                .as("after an invalidation of others by a test")
                .isZero();
    }

    @Test
    void a_part_that_is_under_way_is_not_kept_when_everything_is_invalidated_though_nothing_is_stored()
            throws Exception {
        Side side = side(FRESH);
        assertThat(requestsForItOnceItCame(side, () -> {
                    side.cache.invalidateAll();
                    return null;
                }))
                .isEqualTo(1);
        Side second = side(FRESH);
        assertThat(requestsForItOnceItCame(
                        second,
                        () -> second.cache.invalidateIf(uri -> uri.getPath().equals("/a"))))
                .isEqualTo(1);
    }

    @Test
    void parts_for_one_user_are_not_for_another_unless_they_are_public() throws Exception {
        Side side = side(FRESH);
        side.get("Range: bytes=0-3; Authorization: Bearer a");
        side.get("Range: bytes=0-3; Authorization: Bearer b");
        side.get("Range: bytes=0-3");
        assertThat(side.origin.requests()).isEqualTo(3);
        Side open = side(FRESH.replace("max-age=60", "max-age=60, public"));
        open.get("Range: bytes=0-3; Authorization: Bearer a");
        open.get("Range: bytes=0-3; Authorization: Bearer b");
        open.get("Range: bytes=0-3");
        assertThat(open.origin.requests()).isEqualTo(1);
    }
}
