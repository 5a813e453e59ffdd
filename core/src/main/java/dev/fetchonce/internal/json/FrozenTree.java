package dev.fetchonce.internal.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A builder of frozen trees: it rebuilds a tree over immutable maps and lists, so that callers can share it. No public
 * method of a node, or of a view that it returns, changes the tree. A method for changes throws, or changes nothing.
 * {@code deepCopy()} returns a mutable copy.
 */
final class FrozenTree {
    /*
     * Nodes keep their children in a final field, so a data race may even publish a frozen tree.
     *
     * A list of List.copyOf would throw on contains(null), which an ordinary tree answers. Only containers are rebuilt:
     * the scalars of JSON text are immutable.
     */

    private FrozenTree() {}

    /** The greatest exponent of a number: a conversion to an integer of a greater number takes long and much heap. */
    private static final int GREATEST_EXPONENT = 100_000;

    /**
     * Returns a frozen copy of a tree. It does not change the given tree; the copy shares the scalars of that tree.
     *
     * @throws BeyondDouble when a number of the tree is an infinite double
     */
    static JsonNode freeze(JsonNode tree) {
        return freeze(tree, null);
    }

    /**
     * Returns a frozen copy of a tree. In place of an infinite double it takes the number of the exact tree.
     *
     * @param exact a tree of this document whose numbers are decimal, or null
     * @throws BeyondDouble when the exact tree is null, or when the exponent of its number is greater than 100,000
     */
    static JsonNode freeze(JsonNode tree, @Nullable JsonNode exact) {
        return switch (tree) {
            case ObjectNode object -> freeze(object, exact);
            case ArrayNode array -> freeze(array, exact);
            case DoubleNode number -> Double.isInfinite(number.doubleValue()) ? beyond(exact) : number;
            default -> tree;
        };
    }

    private static JsonNode beyond(@Nullable JsonNode exact) {
        boolean tooGreat = exact instanceof DecimalNode decimal
                && Math.abs((long) decimal.decimalValue().scale()) > GREATEST_EXPONENT;
        if (exact == null || tooGreat) {
            throw new BeyondDouble();
        }
        return exact; // still an infinite double where the mapper accepts the literal Infinity
    }

    private static ObjectNode freeze(ObjectNode object, @Nullable JsonNode exact) {
        return new ObjectNode(
                JsonNodeFactory.instance, object.size() <= FewFields.MOST ? few(object, exact) : many(object, exact));
    }

    private static FewFields few(ObjectNode object, @Nullable JsonNode exact) {
        Object[] namesAndValues = new Object[2 * object.size()];
        int at = 0;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            namesAndValues[at++] = field.getKey();
            namesAndValues[at++] = freeze(field.getValue(), exact == null ? null : exact.get(field.getKey()));
        }
        return new FewFields(namesAndValues);
    }

    private static FrozenFields many(ObjectNode object, @Nullable JsonNode exact) {
        Map<String, JsonNode> fields = LinkedHashMap.newLinkedHashMap(object.size());
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            fields.put(field.getKey(), freeze(field.getValue(), exact == null ? null : exact.get(field.getKey())));
        }
        return new FrozenFields(fields);
    }

    private static ArrayNode freeze(ArrayNode array, @Nullable JsonNode exact) {
        List<JsonNode> elements = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            elements.add(freeze(element, exact == null ? null : exact.get(elements.size())));
        }
        return new ArrayNode(JsonNodeFactory.instance, Collections.unmodifiableList(elements));
    }
}
