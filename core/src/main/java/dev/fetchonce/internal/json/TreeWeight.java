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
 * A count of the heap that a frozen tree takes, in bytes. It assumes a JVM whose references have four bytes and whose
 * objects are aligned to eight. It counts node by node, as the heap for a byte of a document differs by a factor of
 * twenty. For one use by one thread.
 */
final class TreeWeight {
    /** The size of an object with at most one reference or int. */
    private static final int SMALL = 16;

    /** The size of an object with two or three references or ints, or with one long. */
    private static final int MEDIUM = 24;

    /** The size of a BigInteger or BigDecimal without the objects to which it refers. */
    private static final int BIG = 40;

    /** The size of an array node, its unmodifiable list, the list beneath, and the head of the array of that list. */
    private static final int ARRAY = 3 * MEDIUM + 16;

    /** The size of an object node, its {@link FewFields}, and the head of the array of these. */
    private static final int FEW = 2 * MEDIUM + 16;

    /** The size of an object node, its {@link FrozenFields}, the hash map, and the head of the table of that map. */
    private static final int MANY = 2 * MEDIUM + 56 + 16;

    /** The size of an entry of the hash map. */
    private static final int ENTRY = 40;

    /** The least number whose node all trees share. */
    private static final int LEAST_SHARED = -1;

    /** The greatest number whose node all trees share. */
    private static final int GREATEST_SHARED = 10;

    /** The names that were counted; in a document, a parser uses one string for all fields of one name. */
    private final Set<String> names = Collections.newSetFromMap(new IdentityHashMap<>());

    private TreeWeight() {}

    /** Returns the weight of a frozen tree, in bytes. */
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
            default -> 0; // all trees share the nodes of true, false and null
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

    /** Returns the length of a hash map's table: a power of two, filled to three quarters at most. */
    private static int table(int size) {
        return Integer.highestOneBit(Math.max(1, (int) Math.ceil(size / 0.75) - 1)) << 1;
    }

    /** Returns the weight of a string: one byte a character where all characters fit into a byte, otherwise two. */
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
