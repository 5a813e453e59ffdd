package dev.fetchonce.internal.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.databind.util.RawValue;

/** The arguments of {@link TreeAttack}: for each parameter type some values that do harm to an ordinary tree. */
final class HarmfulArguments {
    /** The tree for which the names and indexes below are made. */
    static final String DOCUMENT = """
            {"object":{"object":{"nothing":null},"array":[]},"array":[1,"two",[true],{"nothing":2.5}],"nothing":null,
            "text":"t","big":123456789012345678901234567890,"long":12345678901,"yes":true}""";

    private static final int MOST = 64;
    private static final JsonNode NODE = StringNode.valueOf("new");
    private static final List<@Nullable Object> NOTHING = Collections.singletonList(null);
    private static final Map<Class<?>, List<?>> VALUES = new HashMap<>();

    static {
        List<String> names =
                List.of("object", "array", "nothing", "absent", "/object/array", "/array/0", "/absent/x", "/-");
        VALUES.put(String.class, names);
        VALUES.put(
                JsonPointer.class,
                names.stream()
                        .filter(name -> name.startsWith("/"))
                        .map(JsonPointer::compile)
                        .toList());
        VALUES.put(String[].class, Collections.singletonList(new String[] {"object"}));
        VALUES.put(boolean.class, List.of(true, false));
        VALUES.put(Boolean.class, List.of(true));
        VALUES.put(int.class, List.of(0, 1, 99, -1));
        VALUES.put(Integer.class, List.of(7));
        VALUES.put(long.class, List.of(1L));
        VALUES.put(Long.class, List.of(7L));
        VALUES.put(short.class, List.of((short) 7));
        VALUES.put(byte.class, List.of((byte) 7));
        VALUES.put(char.class, List.of('7'));
        VALUES.put(Short.class, List.of((short) 7));
        VALUES.put(float.class, List.of(7f));
        VALUES.put(Float.class, List.of(7f));
        VALUES.put(double.class, List.of(7d));
        VALUES.put(Double.class, List.of(7d));
        VALUES.put(BigDecimal.class, List.of(BigDecimal.TEN));
        VALUES.put(BigInteger.class, List.of(BigInteger.TEN));
        VALUES.put(byte[].class, List.of(new byte[] {7}));
        VALUES.put(RawValue.class, List.of(new RawValue("7")));
        VALUES.put(Object[].class, Collections.singletonList(new Object[9]));
        VALUES.put(JsonNode.class, List.of(NODE));
        VALUES.put(ObjectNode.class, List.of(new ObjectNode(JsonNodeFactory.instance, Map.of("new", NODE))));
        VALUES.put(ArrayNode.class, List.of(new ArrayNode(JsonNodeFactory.instance, List.of(NODE))));
        VALUES.put(
                Object.class,
                List.of(
                        NODE,
                        "object",
                        IntNode.valueOf(1),
                        StringNode.valueOf("t"),
                        Map.entry("nothing", NullNode.instance)));
        VALUES.put(Map.class, List.of(Map.of("new", NODE)));
        VALUES.put(Collection.class, List.of(List.of(NODE), List.of("object"), List.of(), new ArrayList<>()));
        VALUES.put(List.class, List.of(new ArrayList<>()));
        VALUES.put(Predicate.class, List.<Predicate<Object>>of(any -> true, any -> false));
        VALUES.put(Consumer.class, List.<Consumer<Object>>of(HarmfulArguments::overwrite));
        VALUES.put(BiConsumer.class, List.<BiConsumer<Object, Object>>of((a, b) -> overwrite(b)));
        VALUES.put(Function.class, List.<Function<Object, Object>>of(any -> NODE));
        VALUES.put(BiFunction.class, List.<BiFunction<Object, Object, Object>>of((a, b) -> NODE));
        VALUES.put(UnaryOperator.class, List.<UnaryOperator<Object>>of(any -> NODE));
        VALUES.put(IntFunction.class, List.<IntFunction<Object[]>>of(Object[]::new));
        VALUES.put(Supplier.class, List.<Supplier<Object>>of(() -> NODE));
        VALUES.put(Comparator.class, List.of(Comparator.comparing(Object::toString, Comparator.reverseOrder())));
    }

    private HarmfulArguments() {}

    /** Returns the combinations of values for these parameters, up to a maximum number. */
    static List<List<@Nullable Object>> combinations(Class<?>[] parameters) {
        List<List<@Nullable Object>> found = List.of(List.of());
        for (Class<?> parameter : parameters) {
            List<List<@Nullable Object>> longer = new ArrayList<>();
            for (List<@Nullable Object> start : found) {
                for (Object value : values(parameter)) {
                    List<@Nullable Object> combination = new ArrayList<>(start);
                    combination.add(value);
                    longer.add(combination);
                }
            }
            found = longer.subList(0, Math.min(MOST, longer.size()));
        }
        return found;
    }

    private static List<? extends @Nullable Object> values(Class<?> parameter) {
        if (parameter.isEnum()) {
            return Arrays.asList(parameter.getEnumConstants());
        }
        List<?> known = VALUES.get(parameter);
        return known == null ? NOTHING : known;
    }

    @SuppressWarnings("unchecked") // an entry of a tree holds a node
    private static void overwrite(@Nullable Object element) {
        if (element instanceof Map.Entry<?, ?> entry) {
            ((Map.Entry<Object, Object>) entry).setValue(NODE);
        }
    }
}
