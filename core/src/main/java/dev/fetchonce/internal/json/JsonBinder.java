package dev.fetchonce.internal.json;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TreeNode;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * A decoder of response bodies: it turns the bytes into a frozen tree, or into a value bound to a Java type.
 *
 * <p>The body must be exactly one JSON document ({@link JsonCharset}), within the limits of the mapper's parser. By
 * default an object must not have duplicate names. In all else the mapper's settings hold. Immutable and thread-safe.
 */
public final class JsonBinder {
    private static final String EMPTY = "it is empty, or only white space";

    private final JsonMapper mapper;
    private final ObjectReader values;
    private final ObjectReader trees;
    private final Diagnosis diagnosis;

    private JsonBinder(JsonMapper mapper, ObjectReader values, ObjectReader trees) {
        this.mapper = mapper;
        this.values = values;
        this.trees = trees;
        this.diagnosis = new Diagnosis(mapper.deserializationConfig());
    }

    /**
     * Returns a binder that decodes like the mapper, under our rules.
     *
     * @param mapper the mapper whose modules, settings and limits apply
     * @param duplicateKeys whether an object may have duplicate names; the last value of a name then counts
     */
    public static JsonBinder create(JsonMapper mapper, boolean duplicateKeys) {
        ObjectReader lax = mapper.reader()
                .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .without(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .withoutFeatures(
                        StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION, StreamReadFeature.STRICT_DUPLICATE_DETECTION);
        if (duplicateKeys) {
            return new JsonBinder(mapper, lax, lax);
        }
        // Only the parser sees every name of a bound value; its check costs 15-20 %. A tree finds its duplicates at no
        // extra cost.
        return new JsonBinder(
                mapper,
                lax.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION),
                lax.with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY));
    }

    /**
     * Decodes a body. A tree is frozen; a value of another type is as mutable as its type is.
     *
     * @param body the document; it is only read, and a tree does not keep it
     * @param contentType the value of the Content-Type field, or empty; its charset matters only where the body is not
     *     UTF-8
     * @param type the type of the value; {@code JsonNode.class}, a subtype of it or {@code TreeNode.class} for a tree
     * @return the value, never null
     * @throws UndecodableException if the body breaks a rule or is not of that type, or if the type's own code refuses
     *     it; also if the body is {@code null} and the type is not that of a tree
     * @throws InterruptedException if the type's code failed and the current thread was interrupted; this tells nothing
     *     about the body
     */
    public Object bind(byte[] body, String contentType, Type type) throws UndecodableException, InterruptedException {
        return bind(utf8(body, contentType), type);
    }

    private Object bind(byte[] body, Type type) throws UndecodableException, InterruptedException {
        Object value;
        try {
            value = isTree(type)
                    ? tree(body)
                    : values.forType(mapper.constructType(type)).readValue(body);
        } catch (Throwable e) {
            if (e instanceof VirtualMachineError machine && !(e instanceof StackOverflowError)) {
                throw machine; // an OutOfMemoryError for example: the next attempt may succeed
            }
            requireWellFormed(body);
            if (e instanceof BeyondDouble) {
                throw Diagnosis.misfit(
                        type, "the exponent of a number in it is too great; a tree holds 100000 at most");
            }
            if (Thread.interrupted() || Diagnosis.interrupted(e)) {
                throw new InterruptedException("while the body was bound to " + type.getTypeName());
            }
            throw diagnosis.misfit(type, e);
        }
        if (value instanceof JsonNode tree && tree.isMissingNode()) {
            throw Diagnosis.malformed(EMPTY);
        }
        if (isTree(type) && !raw(type).isInstance(value)) {
            throw Diagnosis.misfit(type, "it is another kind of JSON value");
        }
        if (value == null || (!isTree(type) && mayBeNull(body) && isNull(body))) {
            throw Diagnosis.misfit(type, "it decodes to null");
        }
        return value;
    }

    /**
     * Returns the frozen tree. Its numbers are doubles, as the mapper makes them; a number beyond a double is an exact
     * decimal.
     */
    private JsonNode tree(byte[] body) {
        JsonNode tree = trees.readTree(body);
        try {
            return FrozenTree.freeze(tree);
        } catch (BeyondDouble e) {
            return FrozenTree.freeze(tree, decimals(body));
        }
    }

    private JsonNode decimals(byte[] body) {
        try {
            return trees.with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).readTree(body);
        } catch (JacksonException | NumberFormatException e) { // the exponent is too great for a BigDecimal
            throw new BeyondDouble();
        }
    }

    /**
     * Returns whether the body is one well-formed JSON document that is not a number. A number may be the beginning of
     * a longer number.
     *
     * @param body the document; only read
     * @param contentType the value of the Content-Type field, or empty
     */
    public boolean isWhole(byte[] body, String contentType) {
        try {
            byte[] document = utf8(body, contentType);
            requireWellFormed(document);
            try (JsonParser parser = values.createParser(document)) {
                return !parser.nextToken().isNumeric();
            }
        } catch (UndecodableException e) {
            return false;
        }
    }

    /** Returns the body itself where it is UTF-8; otherwise returns a copy in UTF-8. */
    private static byte[] utf8(byte[] body, String contentType) throws UndecodableException {
        Charset charset = JsonCharset.of(body, contentType);
        return charset.equals(StandardCharsets.UTF_8)
                ? body
                : new String(body, charset).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns whether the body may be the literal null, by a look at its first byte: most documents need no parser for
     * that.
     */
    private static boolean mayBeNull(byte[] body) {
        return body.length == 0 || (body[0] != '{' && body[0] != '[');
    }

    /**
     * Returns whether a well-formed body is the literal null. It is not a value, even where the type maps null to an
     * empty value.
     */
    private boolean isNull(byte[] body) {
        try (JsonParser parser = values.createParser(body)) {
            return parser.nextToken() == JsonToken.VALUE_NULL;
        }
    }

    /**
     * Checks that the body is one well-formed JSON document under the rules of {@link #bind}. This takes about two
     * thirds of the time of a decoding. It does not convert numbers: a number that a tree cannot hold passes.
     *
     * @param body the document; only read
     * @param contentType the value of the Content-Type field, or empty; its charset matters only where the body is not
     *     UTF-8
     * @throws UndecodableException if the body is not such a document; {@link UndecodableException#wellFormed()} is
     *     false
     */
    public void check(byte[] body, String contentType) throws UndecodableException {
        requireWellFormed(utf8(body, contentType));
    }

    /**
     * Returns an estimate of the heap, in bytes, that a decoded value takes. A tree is weighed node by node.
     *
     * @param bodyLength the length of the body in bytes
     * @param type the type to which the body was bound
     * @param value the decoded value
     */
    public static long weight(int bodyLength, Type type, Object value) {
        if (value instanceof JsonNode tree) {
            return TreeWeight.of(tree);
        }
        /*
         * Measured on JDK 25 with Jackson 3.1, in multiples of the body: the maps of Object.class 5.1-8.0 (1.0 where
         * the body is one long text), records 2.1-2.6. The estimate is too high rather than too low, to keep the cache
         * within its bound.
         */
        Class<?> raw = raw(type);
        boolean maps = raw == Object.class || Map.class.isAssignableFrom(raw);
        return 128 + (maps ? 8L : 3L) * Math.max(0, bodyLength);
    }

    private void requireWellFormed(byte[] body) throws UndecodableException {
        try (JsonParser parser = values.createParser(body)) {
            if (parser.nextToken() == null) {
                throw Diagnosis.malformed(EMPTY);
            }
            requireLengthAllowed(parser);
            while (!parser.streamReadContext().inRoot() && parser.nextToken() != null) {
                requireLengthAllowed(parser);
            }
            if (parser.nextToken() != null) {
                throw Diagnosis.malformed("more bytes follow the document");
            }
        } catch (JacksonException e) {
            throw Diagnosis.malformed(e);
        }
    }

    /**
     * Checks the length of a string. The parser itself decodes a string and checks its limit only for code that reads
     * it.
     */
    private static void requireLengthAllowed(JsonParser parser) {
        if (parser.hasToken(JsonToken.VALUE_STRING)) {
            parser.streamReadConstraints().validateStringLength(parser.getStringLength());
        }
    }

    private static boolean isTree(Type type) {
        return TreeNode.class.isAssignableFrom(raw(type));
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> c -> c;
            case JavaType resolved -> resolved.getRawClass();
            case ParameterizedType generic -> raw(generic.getRawType());
            default -> Object.class;
        };
    }
}
