package dev.fetchonce.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.LiveHeap;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The weight of a tree is the heap that it takes, node by node. The default body limit and the default cache limit fit
 * together.
 */
class TreeWeightTest {
    private static final int TREES = 20;

    @RegisterExtension
    final Invariants given = new Invariants();

    private final FakeOrigin origin = given.origin();

    /** Functions that make the elements of a document, by the name of the shape. */
    private static final Map<String, IntFunction<String>> SHAPES = Map.ofEntries(
            Map.entry("records", i -> "{\"id\":%d,\"title\":\"item number %d\",\"active\":true}".formatted(i + 100, i)),
            Map.entry("integers", i -> Integer.toString(100_000 + i)),
            Map.entry("longs", i -> Long.toString(10_000_000_000L + i)),
            Map.entry("doubles", i -> String.format(Locale.ROOT, "%.6f", i + 0.123456)),
            Map.entry("texts", i -> "\"a text of some length, number %d\"".formatted(i)),
            Map.entry("wide texts", i -> "\"\u6771\u4eac\u6771\u4eac\u6771\u4eac\u6771\u4eac number %d\"".formatted(i)),
            Map.entry(
                    "nested",
                    i -> "[[[%d,\"a text\"],{\"a\":{\"b\":{\"c\":\"a longer text %d\"}}}]]".formatted(i + 100, i)),
            Map.entry(
                    "wide records",
                    i -> IntStream.range(0, 20)
                            .mapToObj(f -> "\"field%d\":%d".formatted(f, i + 100 + f))
                            .collect(Collectors.joining(",", "{", "}"))),
            Map.entry("empty ones", i -> i % 2 == 0 ? "[]" : "{}"),
            Map.entry("great numbers", i -> "123456789012345678901234567890%d".formatted(i)));

    /** Returns an array of such elements, or one object of them, of nearly that length. */
    private static String document(String shape, int length) {
        boolean object = shape.startsWith("object of ");
        IntFunction<String> element = SHAPES.get(object ? shape.substring("object of ".length()) : shape);
        StringBuilder text = new StringBuilder(length).append(object ? '{' : '[');
        for (int i = 0; ; i++) {
            String next = (object ? "\"name %d\":".formatted(i) : "") + element.apply(i);
            if (text.length() + next.length() + 2 > length) {
                return text.append(object ? '}' : ']').toString();
            }
            text.append(i == 0 ? "" : ",").append(next);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "records",
                "integers",
                "longs",
                "doubles",
                "texts",
                "wide texts",
                "nested",
                "wide records",
                "empty ones",
                "great numbers",
                "object of integers",
                "object of records"
            })
    void a_tree_is_weighed_as_what_it_takes(String shape) throws Exception {
        String document = document(shape, 100_000);
        // each document has names of its own, because documents share the strings of equal names
        origin.on("/a", call -> call.json(document.replace("name ", "name %08d ".formatted(call.number()))));
        HttpCache cache = given.cache(b -> b.maximumBytes(1L << 30));
        long[] heaps = new long[3];
        long weight = 0;
        for (int round = 0; round < heaps.length; round++) { // garbage of other tests may go meanwhile
            for (int i = 0; i < TREES; i++) {
                cache.get(origin.url("/a?" + i));
            }
            weight = cache.stats().bytes() / TREES;
            long full = LiveHeap.bytes();
            cache.invalidateAll();
            heaps[round] = (full - LiveHeap.bytes()) / TREES;
        }
        Arrays.sort(heaps);
        assertThat((double) weight)
                .as("weight of a tree that takes %s", heaps[1])
                .isBetween(heaps[1] * 0.85, heaps[1] * 1.15);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "records",
                "integers",
                "longs",
                "doubles",
                "texts",
                "wide texts",
                "wide records",
                "great numbers",
                "object of integers",
                "object of records"
            })
    void by_default_a_document_as_long_as_a_body_may_be_is_kept_as_a_tree(String shape) throws Exception {
        String document = document(shape, (8 << 20) / (shape.equals("wide texts") ? 2 : 1));
        origin.on("/a", call -> call.json(document));
        HttpCache cache = given.cache();
        JsonNode tree = cache.get(origin.url("/a"));
        assertThat(cache.get(origin.url("/a"))).isSameAs(tree);
        assertThat(origin.requests()).isEqualTo(1);
        assertThat(cache.stats().bytes()).isBetween(8L << 20, 64L << 20);
    }

    @ParameterizedTest
    @CsvSource({"0, []", "1, '[1]'", "9, '{\"a\":9}'"})
    void a_small_tree_is_weighed_too(int expected, String document) throws Exception {
        origin.on("/a", call -> call.json(document));
        HttpCache cache = given.cache();
        cache.fetch(origin.url("/a"));
        long before = cache.stats().bytes();
        cache.get(origin.url("/a"));
        assertThat(cache.stats().bytes()).isBetween(before + 64, before + 200);
        assertThat(cache.get(origin.url("/a")).findPath("a").asInt(expected)).isEqualTo(expected);
    }
}
