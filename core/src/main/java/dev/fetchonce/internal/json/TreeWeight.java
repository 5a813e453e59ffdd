package dev.fetchonce.internal.json;

import java.math.BigInteger;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The heap that a frozen tree takes, in bytes, on a JVM whose references have four bytes and whose objects are aligned to
 * eight. Counted node by node: what a tree takes for each byte of its document differs by twenty times. For one use by one
 * thread.
 */
final class TreeWeight {
    /** An object with at most one reference or int; an object with two to three of these, or one long. */
    private static final int SMALL = 16;

    private static final int MEDIUM = 24;

    /** A BigInteger or BigDecimal by itself. */
    private static final int BIG = 40;

    /** Node, unmodifiable list, its list, and the head of the array of that. */
    private static final int ARRAY = 3 * MEDIUM + 16;

    /** Node, {@link FewFields}, and the head of its array. */
    private static final int FEW = 2 * MEDIUM + 16;

    /** Node, {@link FrozenFields}, the hash map, and the head of its table. */
    private static final int MANY = 2 * MEDIUM + 56 + 16;

    /** An entry of the hash map. */
    private static final int ENTRY = 40;

    /** The nodes of these numbers are one for all trees. */
    private static final int LEAST_SHARED = -1;

    private static final int GREATEST_SHARED = 10;

    /** A parser gives the fields of one name in a document one string. */
    private final Set<String> names = Collections.newSetFromMap(new IdentityHashMap<>());

    private TreeWeight() {}

    /** Weighs a frozen tree. */
    static long of(JsonNode tree) {
        return new TreeWeight().weigh(tree);
    }

    private long weigh(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> weigh(object);
            case ArrayNode array -> weigh(array);
            case StringNode text -> text.stringValue().isEmpty() ? 0 : SMALL + string(text.stringValue());
            case IntNode number ->
                number.intValue() >= LEAST_SHARED && number.intValue() <= GREATEST_SHARED ? 0 : SMALL;
            case LongNode number -> MEDIUM;
            case DoubleNode number -> MEDIUM;
            case BigIntegerNode number -> SMALL + big(number.bigIntegerValue());
            case DecimalNode number -> SMALL + BIG + big(number.decimalValue().unscaledValue());
            default -> 0; // true, false and null are one for all trees
        };
    }

    private long weigh(ArrayNode array) {
        long sum = ARRAY + aligned(4L * array.size());
        for (JsonNode element : array) {
            sum += weigh(element);
        }
        return sum;
    }

    private long weigh(ObjectNode object) {
        int size = object.size();
        long sum = size <= FewFields.MOST ? FEW + 8L * size : MANY + 4L * table(size) + (long) ENTRY * size;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            sum += names.add(field.getKey()) ? string(field.getKey()) : 0;
            sum += weigh(field.getValue());
        }
        return sum;
    }

    /** The places of a hash map's table: a power of two of which at most three quarters are taken. */
    private static int table(int size) {
        return Integer.highestOneBit(Math.max(1, (int) Math.ceil(size / 0.75) - 1)) << 1;
    }

    /** A string has one byte a character where all of them fit into that, and else two. */
    private static long string(String text) {
        boolean narrow = true;
        for (int i = 0; narrow && i < text.length(); i++) {
            narrow = text.charAt(i) <= 0xFF;
        }
        return MEDIUM + 16 + aligned(narrow ? text.length() : 2L * text.length());
    }

    private static long big(BigInteger number) {
        return BIG + 16 + aligned(number.bitLength() / 8 + 4L);
    }

    private static long aligned(long bytes) {
        return (bytes + 7) & ~7L;
    }
}
