package dev.fetchonce.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import dev.fetchonce.BodyDecoder;
import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import dev.fetchonce.Reason;
import dev.fetchonce.Served;
import dev.fetchonce.Trouble;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.TestClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The cache decodes a body once and all callers share the value. A caller cannot change the value that another caller
 * gets.
 */
class DecodingTest {
    private static final Duration PAST_TTL = Duration.ofMinutes(1);

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();
    private final TestClock clock = new TestClock();
    private final HttpCache cache = given.cache(b -> b.clock(clock::nanoTime, clock.wall()));

    record N(int n) {}

    record S(List<String> n) {}

    record Counted(int n) {
        static final AtomicInteger MADE = new AtomicInteger();

        Counted {
            MADE.incrementAndGet();
        }
    }

    private void body(String body) {
        origin.json("/a", body);
    }

    private void html() {
        origin.on(
                "/a",
                call -> call.send(
                        200, "<html>login</html>".getBytes(StandardCharsets.UTF_8), "Content-Type: text/html"));
    }

    @Test
    void a_thousand_callers_cost_one_decoding_and_share_one_instance() {
        Counted.MADE.set(0);
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.tagged("\"1\"", "{\"n\":1}");
        });
        Crowd<Counted> crowd = Crowd.of(1_000, () -> cache.get(origin.url("/a"), Counted.class));
        Await.until("all have joined", () -> Insides.joined(cache) == 1_000);
        latch.open();
        Counted first = crowd.values().getFirst();
        assertThat(crowd.values()).allSatisfy(value -> assertThat(value).isSameAs(first));

        Crowd<Counted> hits = Crowd.of(1_000, () -> cache.get(origin.url("/a"), Counted.class));
        assertThat(hits.values()).allSatisfy(value -> assertThat(value).isSameAs(first));
        clock.advance(PAST_TTL);
        Crowd<Counted> renewed =
                Crowd.of(1_000, () -> cache.fetch(origin.url("/a")).as(Counted.class));
        assertThat(renewed.values()).allSatisfy(value -> assertThat(value).isSameAs(first));
        assertThat(Counted.MADE).hasValue(1);
    }

    @Test
    void a_type_that_no_caller_of_the_fetch_wanted_is_decoded_once_by_its_first_caller() throws Exception {
        Counted.MADE.set(0);
        body("{\"n\":1}");
        CachedResponse response = cache.fetch(origin.url("/a"));
        assertThat(Counted.MADE).hasValue(0);
        Crowd<Counted> crowd = Crowd.of(
                1_000,
                i -> i % 2 == 0
                        ? () -> response.as(Counted.class)
                        : () -> cache.get(origin.url("/a"), new TypeReference<Counted>() {}));
        assertThat(crowd.values()).hasSize(1_000);
        assertThat(Counted.MADE.get()).isLessThanOrEqualTo(2); // Counted.class, and a TypeReference of it
        assertThat(cache.get(origin.url("/a"), Counted.class)).isSameAs(response.as(Counted.class));
    }

    @Test
    void a_tree_is_frozen_and_a_deep_copy_is_not() throws Exception {
        body("{\"list\":[1,{\"x\":2}]}");
        ObjectNode tree = (ObjectNode) cache.get(origin.url("/a"));
        assertThatThrownBy(() -> tree.put("y", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((ObjectNode) tree.get("list").get(1)).removeAll())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(tree.deepCopy().put("y", 1).has("y")).isTrue();
        assertThat(cache.get(origin.url("/a")).has("y")).isFalse();
    }

    @Test
    void a_wrong_type_asked_by_one_caller_is_that_callers_own_affair() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("{\"n\":1}");
        });
        Crowd<Object> wrong =
                Crowd.of(10, () -> cache.get(origin.url("/a"), S.class).n().size());
        Crowd<Object> right = Crowd.of(
                20,
                i -> i % 2 == 0
                        ? () -> cache.get(origin.url("/a"), N.class).n()
                        : () -> cache.get(origin.url("/a")).get("n").intValue());
        Await.until("all have joined", () -> Insides.joined(cache) == 30);
        latch.open();
        assertThat(right.values()).containsOnly(1);
        List<Throwable> thrown = wrong.thrown();
        assertThat(thrown).doesNotHaveDuplicates().allSatisfy(e -> {
            assertThat(((FetchException) e).reason()).isEqualTo(Reason.UNDECODABLE);
            assertThat(e).hasMessageContaining(S.class.getTypeName());
            assertThat(e).hasMessageContaining("http://127.0.0.1:" + origin.port());
        });
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.peek(origin.uri("/a"))).isPresent();
        assertThatThrownBy(() -> cache.get(origin.url("/a"), S.class)).isInstanceOf(FetchException.class);
        assertThat(origin.requests()).as("a hit that does not fit asks nobody").isEqualTo(1);
    }

    record Broken(int n) {
        Broken {
            throw new NoClassDefFoundError("such as after a static initialiser failed");
        }
    }

    @Test
    void a_type_whose_code_throws_an_error_hurts_only_those_who_ask_for_it() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.json("{\"n\":1}");
        });
        Crowd<Broken> broken = Crowd.of(5, () -> cache.get(origin.url("/a"), Broken.class));
        Crowd<JsonNode> trees = Crowd.of(5, () -> cache.get(origin.url("/a")));
        Crowd<CachedResponse> raw = Crowd.of(5, () -> cache.fetch(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 15);
        latch.open();
        assertThat(trees.values())
                .allSatisfy(tree -> assertThat(tree.get("n").intValue()).isEqualTo(1));
        assertThat(raw.values())
                .allSatisfy(response -> assertThat(response.status()).isEqualTo(200));
        assertThat(broken.thrown()).doesNotHaveDuplicates().allSatisfy(e -> {
            assertThat(((FetchException) e).reason()).isEqualTo(Reason.UNDECODABLE);
            assertThat(e).hasMessageContaining("NoClassDefFoundError").hasMessageNotContaining("static initialiser");
        });
        assertThat(origin.requests()).isEqualTo(1);
    }

    @Test
    void primitive_types_and_kinds_of_nodes_can_be_asked_for() throws Exception {
        origin.json("/n", "7").json("/o", "{}");
        int n = cache.get(origin.url("/n"), int.class);
        assertThat(n).isEqualTo(7);
        assertThat(cache.get(origin.url("/n"), Integer.class)).isEqualTo(7);
        assertThat(cache.get(origin.url("/o"), ObjectNode.class)).isEmpty();
        assertThatThrownBy(() -> cache.get(origin.url("/n"), ObjectNode.class)).isInstanceOf(FetchException.class);
        assertThat(cache.get(origin.url("/o"), JsonNode.class)).isSameAs(cache.get(origin.url("/o")));
    }

    @Test
    void a_new_answer_that_breaks_a_type_the_stored_one_had_is_a_failed_fetch_and_replaces_nothing() throws Exception {
        body("{\"n\":1}");
        N good = cache.get(origin.url("/a"), N.class);
        clock.advance(PAST_TTL);
        body("{\"n\":\"" + Invariants.SECRET + "\"}");

        assertThat(cache.get(origin.url("/a"), N.class)).isSameAs(good);
        assertThat(given.logs().awaitWarnings(1).getFirst()).contains("stale responses stand in (UNDECODABLE)");
        assertThat(cache.peek(origin.uri("/a"))
                        .orElseThrow()
                        .trouble()
                        .map(Trouble::consecutiveFailures)
                        .orElse(0))
                .isEqualTo(1);
        assertThat(cache.get(origin.url("/a")).get("n").intValue())
                .as("a tree too")
                .isEqualTo(1);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a")).as(N.class)).isInstanceOf(FetchException.class);
        assertThat(cache.stats().failures()).containsExactly(Map.entry(Reason.UNDECODABLE, 3L));

        body("{\"n\":2}");
        assertThat(cache.get(origin.url("/a"), N.class)).isEqualTo(new N(2));
    }

    @Test
    void an_answer_too_old_to_stand_in_no_longer_keeps_out_a_new_one_of_another_shape() throws Exception {
        HttpCache short10 = given.cache(b -> b.clock(clock::nanoTime, clock.wall())
                .ttl(Duration.ofSeconds(1))
                .staleIfError(Duration.ofSeconds(10)));
        body("{\"n\":1}");
        short10.get(origin.url("/a"), N.class);
        body("{\"s\":[\"x\"],\"n\":\"now a text\"}");
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(2));
            assertThat(short10.get(origin.url("/a"), N.class).n()).isEqualTo(1);
        }
        clock.advance(Duration.ofSeconds(2));
        assertThat(short10.get(origin.url("/a")).get("s").get(0).stringValue()).isEqualTo("x");
        assertThatThrownBy(() -> short10.get(origin.url("/a"), N.class)).isInstanceOf(FetchException.class);
    }

    @Test
    void html_in_place_of_json_fails_json_callers_and_a_raw_caller_of_the_same_flight_gets_it() {
        Latch latch = given.latch();
        origin.on("/a", call -> {
            latch.pass();
            call.send(200, "<html>login</html>".getBytes(StandardCharsets.UTF_8), "Content-Type: text/html");
        });
        Crowd<JsonNode> json = Crowd.of(10, () -> cache.get(origin.url("/a")));
        Crowd<CachedResponse> raw = Crowd.of(10, () -> cache.fetch(origin.url("/a")));
        Await.until("all have joined", () -> Insides.joined(cache) == 20);
        latch.open();
        assertThat(raw.values()).allSatisfy(response -> {
            assertThat(response.text()).isEqualTo("<html>login</html>");
            assertThat(response.stale()).isFalse();
        });
        assertThat(json.thrown()).doesNotHaveDuplicates().allSatisfy(e -> {
            assertThat(((FetchException) e).reason()).isEqualTo(Reason.UNDECODABLE);
            assertThat(e.getMessage()).contains("not a JSON document").doesNotContain("login");
        });
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.peek(origin.uri("/a"))).as("kept by nobody").isEmpty();
    }

    @Test
    void html_in_place_of_json_is_a_failed_fetch_for_all_until_the_json_is_invalidated() throws Exception {
        body("[1]");
        JsonNode tree = cache.get(origin.url("/a"));
        clock.advance(PAST_TTL);
        html();
        assertThat(cache.get(origin.url("/a"))).isSameAs(tree);
        CachedResponse raw = cache.fetch(origin.url("/a"));
        assertThat(raw.text()).isEqualTo("[1]");
        assertThat(raw.served()).isEqualTo(Served.STALE_ERROR);
        assertThat(raw.trouble().map(Trouble::consecutiveFailures).orElse(0)).isEqualTo(2);
        assertThatThrownBy(() -> cache.refresh(origin.uri("/a")))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNDECODABLE));

        cache.invalidate(origin.uri("/a"));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("<html>login</html>");
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
    }

    @Test
    void html_is_cached_for_those_who_want_nothing_else() throws Exception {
        html();
        cache.fetch(origin.url("/a"));
        assertThat(cache.fetch(origin.url("/a")).served()).isEqualTo(Served.HIT);
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
        assertThat(origin.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "[1] [2]",
                "[1],",
                "{\"a\":1,\"a\":2}",
                "[1",
                "nul",
                "{'a':1}",
                "[1]//x",
                "NaN",
                "[01]"
            })
    void a_body_that_is_no_json_document_is_undecodable_as_a_tree_and_as_a_value(String body) {
        body(body);
        for (Class<?> type : List.of(JsonNode.class, Object.class, Map.class)) {
            assertThatThrownBy(() -> cache.get(origin.url("/a"), type))
                    .isInstanceOfSatisfying(
                            FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNDECODABLE));
        }
        assertThat(cache.peek(origin.uri("/a"))).isEmpty();
    }

    @Test
    void null_is_a_tree_but_no_value() throws Exception {
        body("null");
        assertThat(cache.get(origin.url("/a")).isNull()).isTrue();
        assertThatThrownBy(() -> cache.get(origin.url("/a"), N.class)).isInstanceOf(FetchException.class);
        assertThat(cache.get(origin.url("/a")).isNull())
                .as("others are not hurt")
                .isTrue();
    }

    @Test
    void a_duplicate_key_can_be_allowed_and_a_mapper_brought_along() throws Exception {
        HttpCache lax = given.cache(b -> b.duplicateKeys(true)
                .jsonMapper(JsonMapper.builder()
                        .enable(tools.jackson.core.json.JsonReadFeature.ALLOW_JAVA_COMMENTS)
                        .build()));
        body("{\"n\":1,/* c */\"n\":2}");
        assertThat(lax.get(origin.url("/a")).get("n").intValue()).isEqualTo(2);
        assertThat(lax.get(origin.url("/a"), N.class)).isEqualTo(new N(2));
    }

    @Test
    void depth_and_number_limits_hold() {
        body("[".repeat(5_000) + "]".repeat(5_000));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
        body("9".repeat(5_000));
        assertThatThrownBy(() -> cache.get(origin.url("/a"))).isInstanceOf(FetchException.class);
    }

    @Test
    void a_bom_is_left_out_and_the_bytes_decide_the_charset_of_json() throws Exception {
        byte[] bom = "\uFEFF{\"n\":\"ä\"}".getBytes(StandardCharsets.UTF_8);
        origin.on("/bom", call -> call.send(200, bom, "Content-Type: application/json; charset=\"UTF-8\""));
        assertThat(cache.get(origin.url("/bom")).get("n").stringValue()).isEqualTo("ä");
        assertThat(cache.fetch(origin.url("/bom")).text()).isEqualTo("{\"n\":\"ä\"}");
        assertThat(cache.fetch(origin.url("/bom")).bytes()).isEqualTo(bom);

        record Named(String n) {}
        byte[] utf8 = "{\"n\":\"ä\"}".getBytes(StandardCharsets.UTF_8);
        byte[] latin = "{\"n\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1);
        origin.on("/utf8", call -> call.send(200, utf8, "Content-Type: application/json;charset=ISO-8859-1"));
        origin.on("/latin", call -> call.send(200, latin, "Content-Type: application/json; charset=iso-8859-1"));
        origin.on("/until-close", call -> {
            call.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=latin1\r\n\r\n");
            call.raw(latin);
            call.end();
        });
        for (String path : List.of("/utf8", "/latin", "/until-close")) {
            assertThat(cache.get(origin.url(path)).get("n").stringValue()).isEqualTo("ä");
            assertThat(cache.get(origin.url(path), Named.class)).isEqualTo(new Named("ä"));
            assertThat(cache.fetch(origin.url(path)).text()).isEqualTo("{\"n\":\"ä\"}");
        }
        origin.on("/wrong", call -> call.send(200, latin, "Content-Type: application/json"));
        assertThatThrownBy(() -> cache.get(origin.url("/wrong"))).isInstanceOf(FetchException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain; charset=iso-8859-1|ISO-8859-1",
                "text/plain;Charset=\"ISO-8859-1\"; x=y|ISO-8859-1",
                "text/plain; x=y ; charset = utf-16le|UTF-16LE",
                "text/plain|UTF-8",
                "text/plain; charset=no-such-charset|UTF-8",
                "text/plain; charset=!|UTF-8",
                "text/plain; charset=|UTF-8",
                "nonsense|UTF-8"
            })
    void a_text_is_in_the_charset_of_its_content_type_or_utf_8(String contentType, String charset) throws Exception {
        byte[] bytes = "Grüße".getBytes(Charset.forName(charset));
        origin.on("/a", call -> call.send(200, bytes, "Content-Type: " + contentType));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("Grüße");
    }

    @Test
    void malformed_text_is_replaced_and_a_text_without_a_content_type_is_utf_8() throws Exception {
        origin.on("/a", call -> call.send(200, new byte[] {'a', (byte) 0xFF, 'b'}));
        assertThat(cache.fetch(origin.url("/a")).text()).isEqualTo("a\uFFFDb");
    }

    static final class Mutable {
        public int n;
    }

    @Test
    void a_decoder_of_ones_own_gives_each_caller_a_private_copy() throws Exception {
        body("{\"n\":1}");
        CachedResponse response = cache.fetch(origin.url("/a"));
        var jackson2 = new com.fasterxml.jackson.databind.ObjectMapper();
        var tree = response.decode(jackson2::readTree);
        ((com.fasterxml.jackson.databind.node.ObjectNode) tree).put("n", 2);
        assertThat(response.decode(jackson2::readTree).get("n").intValue()).isEqualTo(1);

        Gson gson = new Gson();
        BodyDecoder<Mutable> decoder =
                in -> gson.fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), Mutable.class);
        response.decode(decoder).n = 2;
        assertThat(response.decode(decoder).n).isEqualTo(1);
        assertThatThrownBy(() -> response.decode(in -> {
                    throw new IOException("mine");
                }))
                .hasMessage("mine");
        assertThat(response.<Object>decode(in -> null)).isNull();
    }

    /** An output stream that overwrites the bytes of its writer. */
    private static final class Vandal extends OutputStream {
        @Override
        public void write(int b) {}

        @Override
        public void write(byte[] bytes, int offset, int length) {
            Arrays.fill(bytes, (byte) 'x');
        }
    }

    @Test
    void nothing_that_is_done_with_a_body_changes_what_others_get() throws Exception {
        body("[1,2,3]");
        CachedResponse response = cache.fetch(origin.url("/a"));
        Arrays.fill(response.bytes(), (byte) 'x');
        try (InputStream stream = response.stream()) {
            stream.transferTo(new Vandal());
        }
        response.stream().skipNBytes(3);
        response.decode(in -> in.transferTo(new Vandal()));
        Arrays.fill(response.stream().readAllBytes(), (byte) 'x');
        Arrays.fill(response.stream().readNBytes(3), (byte) 'x');
        new java.io.SequenceInputStream(response.stream(), response.stream()).transferTo(new Vandal());

        assertThat(response.text()).isEqualTo("[1,2,3]");
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        assertThat(response.stream().transferTo(copy)).isEqualTo(7);
        assertThat(copy.toString(StandardCharsets.UTF_8)).isEqualTo("[1,2,3]");
        assertThat(cache.get(origin.url("/a")).get(2).intValue()).isEqualTo(3);
        assertThatThrownBy(() -> response.headers().map().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> response.headers().allValues("content-type").clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void a_response_outlives_the_cache() throws Exception {
        body("{\"n\":1}");
        HttpCache other = given.cache();
        CachedResponse response = other.fetch(origin.url("/a"));
        other.close();
        assertThat(response.text()).isEqualTo("{\"n\":1}");
        assertThat(response.json().get("n").intValue()).isEqualTo(1);
        assertThat(response.as(N.class)).isEqualTo(new N(1));
        assertThat(response.toString()).isEqualTo("200 " + origin.url("/a") + " (FETCHED, 7 bytes)");
    }

    record Blocking(int n) {
        static volatile Latch latch;

        Blocking {
            Latch at = latch;
            if (at != null) {
                try {
                    at.pass();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    @Test
    void the_interrupt_of_a_caller_that_decodes_harms_no_other() throws Exception {
        origin.json("/a", "{\"n\":1}");
        cache.get(origin.url("/a")); // stored, but not bound to a type yet
        Blocking.latch = given.latch();
        Crowd<Blocking> first = Crowd.one(() -> cache.get(origin.url("/a"), Blocking.class));
        Blocking.latch.awaitArrivals(1);
        first.interruptAll();
        assertThat(first.thrown()).hasSize(1);
        Blocking.latch = null;
        assertThat(cache.get(origin.url("/a"), Blocking.class).n()).isEqualTo(1);
    }

    record Failing(int n) {
        static final AtomicInteger CALLS = new AtomicInteger();

        Failing {
            if (CALLS.incrementAndGet() == 1) {
                throw new OutOfMemoryError("once");
            }
        }
    }

    @Test
    void an_error_of_a_deserialiser_is_not_remembered() throws Exception {
        origin.json("/a", "{\"n\":1}");
        cache.get(origin.url("/a"));
        assertThatThrownBy(() -> cache.get(origin.url("/a"), Failing.class)).isInstanceOf(Throwable.class);
        assertThat(cache.get(origin.url("/a"), Failing.class).n()).isEqualTo(1);
    }

    @Test
    void a_response_stays_valid_after_close() throws Exception {
        origin.json("/a", "{\"n\":1}");
        CachedResponse response = cache.fetch(origin.url("/a"));
        cache.close();
        assertThat(response.json().get("n").intValue()).isEqualTo(1);
        assertThat(response.text()).isEqualTo("{\"n\":1}");
        assertThat(response.as(N.class).n()).isEqualTo(1);
    }
}
