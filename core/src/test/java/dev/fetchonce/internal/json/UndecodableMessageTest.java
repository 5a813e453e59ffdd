package dev.fetchonce.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A message says what went wrong and where. It holds no part of the body, which may be a secret. */
final class UndecodableMessageTest {
    private static final String SECRET = "hunter2";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final JsonBinder BINDER = JsonBinder.create(MAPPER, false);

    enum Colour {
        RED
    }

    record Item(int amount, Colour colour, Instant at, URI link, Boolean on) {}

    record Basket(List<Item> items, Map<String, Item> named, Map<Colour, Integer> counts) {}

    record Picky(String word) {
        Picky {
            throw new IllegalArgumentException("not " + word);
        }
    }

    static final class Open {
        final Map<String, Integer> rest = new HashMap<>();

        @JsonAnySetter
        void put(String name, int value) {
            rest.put(name, value);
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = Circle.class, name = "circle"))
    sealed interface Shape {}

    record Circle(int radius) implements Shape {}

    private static UndecodableException refusal(String document, Type type) {
        UndecodableException refusal = catchThrowableOfType(
                UndecodableException.class, () -> BINDER.bind(document.getBytes(UTF_8), "x/" + SECRET, type));
        assertThat(refusal).as(document).isNotNull();
        return refusal;
    }

    static Stream<Arguments> refusedBodies() {
        return Stream.of(
                Arguments.of("hunter2", JsonNode.class),
                Arguments.of("{\"a\":hunter2}", JsonNode.class),
                Arguments.of("{hunter2:1}", JsonNode.class),
                Arguments.of("[\"hunter2\\q\"]", JsonNode.class),
                Arguments.of("[\"hunter2", JsonNode.class),
                Arguments.of("{\"hunter2\":1,\"hunter2\":2}", JsonNode.class),
                Arguments.of("{\"hunter2\":1,\"hunter2\":2}", Object.class),
                Arguments.of("{} \"hunter2\"", JsonNode.class),
                Arguments.of("\"hunter2\"", Item.class),
                Arguments.of("\"hunter2\"", int.class),
                Arguments.of("\"hunter2\"", Runnable.class),
                Arguments.of("\"hunter2\"", Void.class),
                Arguments.of("{\"amount\":\"hunter2\"}", Item.class),
                Arguments.of("{\"colour\":\"hunter2\"}", Item.class),
                Arguments.of("{\"at\":\"hunter2\"}", Item.class),
                Arguments.of("{\"link\":\"hunter2 \"}", Item.class),
                Arguments.of("{\"on\":\"hunter2\"}", Item.class),
                Arguments.of("\"hunter2!\"", byte[].class),
                Arguments.of("{\"hunter2\":1}", Item.class),
                Arguments.of("{\"named\":{\"hunter2\":{\"amount\":\"x\"}}}", Basket.class),
                Arguments.of("{\"counts\":{\"hunter2\":1}}", Basket.class),
                Arguments.of("{\"hunter2\":[1]}", new TypeReference<Map<String, Integer>>() {}.getType()),
                Arguments.of("{\"hunter2\":\"x\"}", Open.class),
                Arguments.of("{\"word\":\"hunter2\"}", Picky.class),
                Arguments.of("{\"kind\":\"hunter2\"}", Shape.class),
                Arguments.of("{\"kind\":\"circle\",\"radius\":\"hunter2\"}", Shape.class));
    }

    @ParameterizedTest
    @MethodSource("refusedBodies")
    void message_holdsNothingOfTheBody(String document, Type type) {
        UndecodableException refusal = refusal(document, type);
        assertThat(refusal.toString()).doesNotContain(SECRET).hasSizeLessThan(400);
        assertThat(refusal).hasNoCause().hasNoSuppressedExceptions();
    }

    @Test
    void message_saysWhatAndWhere() {
        String basket = "{\"items\":[{\"amount\":1},\n {\"amount\":\"many\"}]}";
        assertThat(refusal(basket, Basket.class))
                .hasMessage("The body is JSON, but not of " + Basket.class.getName()
                        + ": InvalidFormatException for int at items[1].amount, line 2, column 12");
        assertThat(refusal("{\"named\":{\"x\":{\"colour\":\"blue\"}}}", Basket.class))
                .hasMessageContaining("at named.*.colour, line 1");
        assertThat(refusal("{\"prize\":1,\"amount\":1}", Item.class))
                .hasMessageContaining("UnrecognizedPropertyException")
                .hasMessageContaining(" at *, line 1, column 23");
        assertThat(refusal("{\"word\":\"x\"}", Picky.class)).hasMessageContaining("java.lang.IllegalArgumentException");
        assertThat(refusal("{\n\"a\":x}", JsonNode.class))
                .hasMessage("The body is not a JSON document: its syntax is wrong, line 2, column 5");
        assertThat(refusal("[12", JsonNode.class)).hasMessageContaining("ends too early, line 1, column 4");
    }

    @Test
    void longTypeName_isCut() {
        Type type = new Type() {
            @Override
            public String getTypeName() {
                return "x".repeat(1000);
            }
        };
        assertThat(refusal("1", type).getMessage()).hasSize(300);
    }

    @Test
    void exception_isImmutable() {
        UndecodableException refusal = refusal("{", JsonNode.class);
        refusal.addSuppressed(new IllegalStateException());
        refusal.setStackTrace(new StackTraceElement[] {new StackTraceElement("a", "b", "c", 1)});
        assertThat(refusal).hasNoSuppressedExceptions();
        assertThat(refusal.getStackTrace()).isEmpty();
        assertThat(catchThrowableOfType(
                        IllegalStateException.class, () -> refusal.initCause(new IllegalArgumentException())))
                .isNotNull();
    }
}
