package dev.fetchonce.internal.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
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

    /** The same tree, frozen. The one given is left as it is, and shares its scalars. */
    static JsonNode freeze(JsonNode tree) {
        return switch (tree) {
            case ObjectNode object -> freeze(object);
            case ArrayNode array -> freeze(array);
            default -> tree;
        };
    }

    private static ObjectNode freeze(ObjectNode object) {
        return new ObjectNode(JsonNodeFactory.instance, object.size() <= FewFields.MOST ? few(object) : many(object));
    }

    private static FewFields few(ObjectNode object) {
        Object[] namesAndValues = new Object[2 * object.size()];
        int at = 0;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            namesAndValues[at++] = field.getKey();
            namesAndValues[at++] = freeze(field.getValue());
        }
        return new FewFields(namesAndValues);
    }

    private static FrozenFields many(ObjectNode object) {
        Map<String, JsonNode> fields = LinkedHashMap.newLinkedHashMap(object.size());
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            fields.put(field.getKey(), freeze(field.getValue()));
        }
        return new FrozenFields(fields);
    }

    private static ArrayNode freeze(ArrayNode array) {
        List<JsonNode> elements = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            elements.add(freeze(element));
        }
        return new ArrayNode(JsonNodeFactory.instance, Collections.unmodifiableList(elements));
    }
}
