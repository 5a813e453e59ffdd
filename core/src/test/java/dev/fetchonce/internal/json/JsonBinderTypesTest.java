package dev.fetchonce.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TreeNode;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The binding of a well-formed document to a type, and the side that is at fault for a failure. */
final class JsonBinderTypesTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonBinder BINDER = JsonBinder.create(MAPPER, false);

    record Price(int amount, String currency) {}

    record Positive(int amount) {
        Positive {
            if (amount < 0) {
                throw new IllegalArgumentException("amount " + amount);
            }
        }
    }

    record Chain(Chain next) {}

    record Handed(Object value) {}

    /** User code inside the binding; it throws a given throwable. */
    private static final class Throwing extends ValueDeserializer<Handed> {
        private final Throwable what;

        Throwing(Throwable what) {
            this.what = what;
        }

        @Override
        public Handed deserialize(JsonParser p, DeserializationContext ctxt) {
            if (what instanceof Error error) {
                throw error;
            }
            if (what instanceof RuntimeException exception) {
                throw exception;
            }
            throw new AssertionError(what);
        }
    }

    private static Object bind(String document, Type type) throws UndecodableException, InterruptedException {
        return BINDER.bind(document.getBytes(UTF_8), "application/json", type);
    }

    private static UndecodableException refusal(JsonBinder binder, String document, Type type) {
        UndecodableException refusal = catchThrowableOfType(
                UndecodableException.class, () -> binder.bind(document.getBytes(UTF_8), "application/json", type));
        assertThat(refusal).as("%s as %s", document, type.getTypeName()).isNotNull();
        return refusal;
    }

    private static JsonMapper throwing(Throwable what) {
        return JsonMapper.builder()
                .addModule(new SimpleModule().addDeserializer(Handed.class, new Throwing(what)))
                .build();
    }

    static Stream<Arguments> fitting() {
        Type listOfPrices = new TypeReference<List<Price>>() {}.getType();
        Type optional = new TypeReference<Optional<Price>>() {}.getType();
        Price price = new Price(3, "EUR");
        String json = "{\"amount\":3,\"currency\":\"EUR\"}";
        return Stream.of(
                Arguments.of(json, Price.class, price),
                Arguments.of("[" + json + "]", listOfPrices, List.of(price)),
                Arguments.of("[" + json + "]", MAPPER.constructType(listOfPrices), List.of(price)),
                Arguments.of(json, optional, Optional.of(price)),
                Arguments.of("{\"a\":[1]}", Map.class, Map.of("a", List.of(1))),
                Arguments.of("3", int.class, 3),
                Arguments.of("\"x\"", String.class, "x"),
                Arguments.of("\"x\"", JsonNode.class, StringNode.valueOf("x")),
                Arguments.of("\"x\"", StringNode.class, StringNode.valueOf("x")),
                Arguments.of("null", JsonNode.class, NullNode.instance),
                Arguments.of("null", TreeNode.class, NullNode.instance),
                Arguments.of("null", NullNode.class, NullNode.instance),
                Arguments.of("{}", ObjectNode.class, MAPPER.createObjectNode()),
                Arguments.of("[]", ArrayNode.class, MAPPER.createArrayNode()),
                Arguments.of("[]", TreeNode.class, MAPPER.createArrayNode()),
                Arguments.of("[]", MAPPER.constructType(JsonNode.class), MAPPER.createArrayNode()));
    }

    @ParameterizedTest
    @MethodSource("fitting")
    void fittingDocument_isBound(String document, Type type, Object expected) throws Exception {
        assertThat(bind(document, type)).isEqualTo(expected);
    }

    static Stream<Arguments> unfitting() {
        return Stream.of(
                Arguments.of("null", Price.class),
                Arguments.of("null", String.class),
                Arguments.of("null", int.class),
                Arguments.of("null", Object.class),
                Arguments.of("null", new TypeReference<List<Price>>() {}.getType()),
                Arguments.of(" null ", new TypeReference<Optional<Price>>() {}.getType()),
                Arguments.of("null", ObjectNode.class),
                Arguments.of("[]", ObjectNode.class),
                Arguments.of("{}", ArrayNode.class),
                Arguments.of("1", StringNode.class),
                Arguments.of("{}", MissingNode.class),
                Arguments.of("[]", Price.class),
                Arguments.of("{\"amount\":\"many\"}", Price.class),
                Arguments.of("{\"amount\":99999999999}", Price.class),
                Arguments.of("{\"amount\":-1}", Positive.class),
                Arguments.of("{}", Runnable.class),
                Arguments.of("{}", Void.class),
                Arguments.of("{}", new Type() {}));
    }

    @ParameterizedTest
    @MethodSource("unfitting")
    void unfittingDocument_isWellFormedButRefused(String document, Type type) {
        assertThat(refusal(BINDER, document, type).wellFormed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"amount\":\"x\",", "{\"amount\":\"x\"} {}", "{\"amount\":\"x\",\"amount\":1}", "[}"})
    void unfittingAndMalformed_isMalformed(String document) {
        assertThat(refusal(BINDER, document, Price.class).wellFormed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"v\":1", "{\"v\":1}x"})
    void userCodeThrowsOnMalformedBody_isMalformed(String document) {
        JsonBinder binder = JsonBinder.create(throwing(new IllegalStateException("x")), false);
        assertThat(refusal(binder, document, Handed.class).wellFormed()).isFalse();
    }

    @Test
    void runtimeExceptionOfUserCode_isRefusal() {
        JsonBinder binder = JsonBinder.create(throwing(new IllegalStateException("x")), false);
        assertThat(refusal(binder, "{\"v\":1}", Handed.class).wellFormed()).isTrue();
        JsonMapper unwrapped = throwing(new IllegalStateException("x"))
                .rebuild()
                .disable(DeserializationFeature.WRAP_EXCEPTIONS)
                .build();
        assertThat(refusal(JsonBinder.create(unwrapped, false), "[{\"v\":1}]", Handed[].class)
                        .wellFormed())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(classes = {LinkageError.class, AssertionError.class, Error.class})
    void errorOfUserCode_isRefusal(Class<? extends Error> type) throws Exception {
        JsonBinder binder =
                JsonBinder.create(throwing(type.getDeclaredConstructor().newInstance()), false);
        assertThat(refusal(binder, "{}", Handed.class)).hasMessageContaining(type.getSimpleName());
        assertThat(refusal(binder, "{", Handed.class).wellFormed()).isFalse();
    }

    @Test
    void interruptedUserCode_saysNothingOfTheBody() {
        JsonBinder failing = JsonBinder.create(throwing(new AssertionError("x", new InterruptedException())), false);
        assertThatThrownBy(() -> failing.bind("{}".getBytes(UTF_8), "", Handed.class))
                .isInstanceOf(InterruptedException.class);
        JsonBinder pending = JsonBinder.create(throwing(new AssertionError("x")), false);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pending.bind("{}".getBytes(UTF_8), "", Handed.class))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void outOfMemory_passesThrough() {
        Error error = new OutOfMemoryError("x");
        JsonBinder binder = JsonBinder.create(throwing(error), false);
        assertThatThrownBy(() -> binder.bind("{}".getBytes(UTF_8), "", Handed.class))
                .isSameAs(error);
    }

    @Test
    void stackOverflow_isRefusal() {
        JsonBinder thrown = JsonBinder.create(throwing(new StackOverflowError()), false);
        assertThat(refusal(thrown, "{}", Handed.class).wellFormed()).isTrue();
        assertThat(refusal(thrown, "{", Handed.class).wellFormed()).isFalse();

        StreamReadConstraints deep =
                StreamReadConstraints.builder().maxNestingDepth(10_000_000).build();
        JsonBinder binder = JsonBinder.create(
                JsonMapper.builder(JsonFactory.builder()
                                .streamReadConstraints(deep)
                                .build())
                        .build(),
                false);
        int depth = 1_000_000;
        String chain = "{\"next\":".repeat(depth) + "null" + "}".repeat(depth);
        assertThat(refusal(binder, chain, Chain.class).wellFormed()).isTrue();
        assertThat(refusal(binder, chain, JsonNode.class).wellFormed()).isTrue();
    }

    @Test
    void settingsOfTheMapper_areKept() throws Exception {
        record Snake(int unitPrice) {}
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        JsonBinder binder = JsonBinder.create(mapper, false);
        assertThat(binder.bind("{\"unit_price\":3}".getBytes(UTF_8), "", Snake.class))
                .isEqualTo(new Snake(3));
        assertThat(refusal(binder, "{\"unit_price\":3,\"more\":1}", Snake.class).wellFormed())
                .isTrue();
        JsonNode number = (JsonNode) binder.bind("0.10000000000000000001".getBytes(UTF_8), "", JsonNode.class);
        assertThat(number.decimalValue()).isEqualTo(new BigDecimal("0.10000000000000000001"));
        assertThat(bind("{\"amount\":1,\"currency\":\"EUR\",\"more\":1}", Price.class))
                .isEqualTo(new Price(1, "EUR"));
    }

    @Test
    void mapperThatAllowsTrailingTokensOrDuplicates_isOverruled() {
        JsonMapper lenient = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
        JsonBinder binder = JsonBinder.create(lenient, false);
        for (Type type : List.<Type>of(JsonNode.class, Price.class, Object.class)) {
            assertThat(refusal(binder, "{} {}", type).wellFormed()).isFalse();
            assertThat(refusal(binder, "{\"a\":1,\"a\":1}", type).wellFormed()).isFalse();
        }
    }

    @Test
    void weight_growsWithBodyAndKnowsMaps() {
        Object value = new Object();
        assertThat(JsonBinder.weight(1000, Price.class, value)).isBetween(2_500L, 3_500L);
        assertThat(JsonBinder.weight(1000, Object.class, Map.of())).isBetween(7_000L, 9_000L);
        assertThat(JsonBinder.weight(1000, new TypeReference<Map<String, Object>>() {}.getType(), Map.of()))
                .isEqualTo(JsonBinder.weight(1000, Object.class, Map.of()));
        assertThat(JsonBinder.weight(1000, MAPPER.constructType(Price.class), value))
                .isEqualTo(JsonBinder.weight(1000, Price.class, value));
        assertThat(JsonBinder.weight(0, Price.class, value)).isPositive();
        assertThat(JsonBinder.weight(Integer.MAX_VALUE, Map.class, Map.of())).isGreaterThan(7L * Integer.MAX_VALUE);
    }
}
