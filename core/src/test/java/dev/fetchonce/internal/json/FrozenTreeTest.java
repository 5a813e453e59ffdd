package dev.fetchonce.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.TreeNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ContainerNode;
import tools.jackson.databind.node.ObjectNode;

/** No public method changes a frozen tree. The attack that shows this does change an ordinary tree. */
final class FrozenTreeTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final JsonBinder BINDER = JsonBinder.create(MAPPER, false);

    private static JsonNode ordinary() {
        return MAPPER.readTree(HarmfulArguments.DOCUMENT);
    }

    private static JsonNode bound(Class<?> type) {
        try {
            return (JsonNode) BINDER.bind(HarmfulArguments.DOCUMENT.getBytes(UTF_8), "", type);
        } catch (UndecodableException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void attackOnOrdinaryTree_changesItInManyWays() {
        Set<String> changing = TreeAttack.on(FrozenTreeTest::ordinary).changing();

        assertThat(changing).hasSizeGreaterThan(150);
        assertThat(changing)
                .contains(
                        "ObjectNode.put[String, int]",
                        "ObjectNode.setAll[Map]",
                        "ObjectNode.properties[] Set.clear[]",
                        "ObjectNode.properties[] Set.iterator[] Iterator.remove[]",
                        "ObjectNode.properties[] Set.iterator[] Iterator.next[] Entry.setValue[Object]",
                        "ObjectNode.properties[] Collection.toArray[IntFunction] Iterator.next[] Entry.setValue[Object]",
                        "ObjectNode.propertyStream[] BaseStream.iterator[] Iterator.next[] Entry.setValue[Object]",
                        "ObjectNode.properties[] Set.spliterator[] Spliterator.forEachRemaining[Consumer]",
                        "ObjectNode.values[] Collection.remove[Object]",
                        "ArrayNode.add[String]",
                        "ArrayNode.set[int, JsonNode]",
                        "ArrayNode.elements[] List.sort[Comparator]",
                        "ArrayNode.elements[] List.listIterator[] ListIterator.set[Object]");
    }

    @Test
    void attackOnFrozenTree_changesNothing() {
        TreeAttack attack = TreeAttack.on(() -> bound(JsonNode.class));

        assertThat(attack.changing()).isEmpty();
        assertThat(attack.calls()).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @ValueSource(classes = {JsonNode.class, ObjectNode.class, TreeNode.class, ContainerNode.class})
    void everyTreeType_isFrozen(Class<?> type) {
        ObjectNode frozen = (ObjectNode) bound(type);
        ArrayNode array = (ArrayNode) frozen.get("array");
        assertThatThrownBy(() -> frozen.put("more", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> array.add(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((ObjectNode) array.get(3)).removeAll())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    /** The JDK's unmodifiable map would fail this test. */
    @Test
    void entriesOfAnArrayOfProperties_cannotBeWritten() {
        for (Map.Entry<?, ?> entry : bound(JsonNode.class).properties().toArray(Map.Entry<?, ?>[]::new)) {
            assertThatThrownBy(() -> entry.setValue(null)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void deepCopy_isMutableAndPrivate() {
        JsonNode frozen = bound(JsonNode.class);
        ObjectNode copy = (ObjectNode) frozen.deepCopy();
        assertThat(copy).isEqualTo(frozen);

        copy.put("more", 1);
        ((ObjectNode) copy.get("object")).removeAll();
        ((ArrayNode) copy.get("array")).add(1).addObject().put("x", 1);

        assertThat(copy.get("array")).hasSize(6);
        assertThat(frozen).isEqualTo(ordinary());
    }

    @Test
    void freezing_leavesTheOriginalMutableAndApart() {
        ObjectNode original = (ObjectNode) ordinary();
        JsonNode frozen = FrozenTree.freeze(original);
        original.put("more", 1);
        ((ArrayNode) original.get("array")).removeAll();
        assertThat(frozen).isEqualTo(ordinary());
    }

    @Test
    void questionsAboutNull_areAnsweredAsByAnOrdinaryTree() {
        JsonNode frozen = bound(JsonNode.class);
        for (JsonNode node : List.of(frozen, frozen.get("array"), frozen.get("object"))) {
            assertThat(node.values().contains(null)).isFalse();
            assertThat(node.properties().contains(null)).isFalse();
            assertThat(node.has((String) null)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e400", "1.5E+400", "123456789e99999", "1e100000"})
    void aNumberBeyondADouble_isKeptAsItIs(String number) throws Exception {
        String document = "{\"a\":[1.5,{\"b\":" + number + "}],\"c\":1e10}";
        JsonNode tree = bound(document);
        JsonNode kept = tree.get("a").get(1).get("b");
        assertThat(kept.isNumber()).isTrue();
        assertThat(kept.decimalValue()).isEqualByComparingTo(new BigDecimal(number));
        assertThat(new BigDecimal(kept.toString())).isEqualByComparingTo(new BigDecimal(number));
        assertThat(tree.get("a").get(0).isDouble()).as("others stay doubles").isTrue();
        assertThat(tree.get("c").isDouble()).isTrue();
        assertThat(tree.toString()).doesNotContain("Infinity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e100001", "1e999999999", "1e9999999999", "-1e99999999999999999999"})
    void aNumberWithAnEndlessExponent_isRefusedInAClearSentence(String number) {
        assertThatThrownBy(() -> bound("[1," + number + "]"))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("the exponent of a number in it is too great; a tree holds 100000 at most");
    }

    private static JsonNode bound(String document) throws Exception {
        return (JsonNode) BINDER.bind(document.getBytes(UTF_8), "", JsonNode.class);
    }
}
