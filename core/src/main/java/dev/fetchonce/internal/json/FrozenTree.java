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
 * Rebuilds a tree over maps and lists that cannot be written, so that it can be shared: no public method of a node, or of a
 * view it returns, changes the tree. What would change it throws, or changes nothing; {@code deepCopy()} gives a mutable
 * copy.
 */
final class FrozenTree {
    /*
     * Nodes keep their children in a final field, so a frozen tree may even be handed over by a data race.
     *
     * List.copyOf would throw on contains(null), which an ordinary tree answers. Only containers are rebuilt: the scalars
     * that JSON text can give are immutable.
     */

    private FrozenTree() {}

    /** A greater exponent would take a moment, and much heap, as soon as somebody wanted the number as an integer. */
    private static final int GREATEST_EXPONENT = 100_000;

    /**
     * The same tree, frozen. The one given is left as it is, and shares its scalars.
     *
     * @throws BeyondDouble when a number of it is an infinite double
     */
    static JsonNode freeze(JsonNode tree) {
        return freeze(tree, null);
    }

    /**
     * The same, with what is an infinite double taken from a tree of the same document whose numbers are decimal.
     *
     * @throws BeyondDouble when the exponent of such a number is too great for that as well
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
        return exact; // an infinite double still, where the mapper lets a document say Infinity
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
