package dev.fetchonce.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A frozen tree behaves as an ordinary tree does, except that no call changes it. */
final class FrozenTreeSamenessTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonBinder BINDER = JsonBinder.create(MAPPER, false);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static JsonNode randomTree(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 7 : 11)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.numberNode(random.nextInt());
            case 3 -> NODES.numberNode(random.nextLong());
            case 4 -> NODES.numberNode(random.nextGaussian());
            case 5, 6 -> NODES.stringNode(randomText(random));
            case 7, 8 -> randomObject(random, depth);
            default -> {
                ArrayNode array = NODES.arrayNode();
                for (int i = random.nextInt(6); i > 0; i--) {
                    array.add(randomTree(random, depth - 1));
                }
                yield array;
            }
        };
    }

    private static ObjectNode randomObject(Random random, int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = random.nextInt(12); i > 0; i--) {
            object.set(randomText(random), randomTree(random, depth - 1));
        }
        return object;
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.appendCodePoint(random.nextInt(4) == 0 ? 0x1F600 + random.nextInt(50) : 1 + random.nextInt(0x400));
        }
        return text.toString();
    }

    @Test
    void randomTrees_boundAreLikeOrdinaryOnes() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] body = MAPPER.writeValueAsBytes(randomTree(random, 6));
            JsonNode ordinary = MAPPER.readTree(body);
            JsonNode frozen = (JsonNode) BINDER.bind(body, "application/json", JsonNode.class);

            assertThat(frozen).isEqualTo(ordinary);
            assertThat(ordinary).isEqualTo(frozen);
            assertThat(frozen).hasSameHashCodeAs(ordinary);
            assertThat(frozen).hasToString(ordinary.toString());
            assertThat(MAPPER.writeValueAsBytes(frozen)).isEqualTo(body);
            assertSameFieldOrder(frozen, ordinary);
            assertThat(ordinary).isEqualTo(frozen.deepCopy());
        }
    }

    private static void assertSameFieldOrder(JsonNode one, JsonNode other) {
        assertThat(one.getClass()).isEqualTo(other.getClass());
        assertThat(List.copyOf(one.propertyNames())).isEqualTo(List.copyOf(other.propertyNames()));
        Iterator<JsonNode> others = other.iterator();
        for (JsonNode child : one) {
            assertSameFieldOrder(child, others.next());
        }
        assertThat(others.hasNext()).isFalse();
    }

    @Test
    void unequalTrees_stayUnequal() throws Exception {
        JsonNode frozen = (JsonNode) BINDER.bind("{\"a\":[1,{}]}".getBytes(UTF_8), "", JsonNode.class);
        assertThat(frozen).isNotEqualTo(MAPPER.readTree("{\"a\":[1,{\"b\":1}]}"));
        assertThat(frozen).isNotEqualTo(MAPPER.readTree("{\"a\":[1]}"));
    }

    @Test
    void manyThreadsBindingAndReadingOneTree_seeTheSame() throws Exception {
        byte[] body = MAPPER.writeValueAsBytes(randomObject(new Random(3), 7));
        JsonNode shared = (JsonNode) BINDER.bind(body, "", JsonNode.class);
        String expected = MAPPER.readTree(body).toString();
        int threads = 64;
        CyclicBarrier start = new CyclicBarrier(threads);
        Callable<Boolean> reader = () -> {
            start.await();
            for (int i = 0; i < 20; i++) {
                assertThat(shared.toString()).isEqualTo(expected);
                assertThat(BINDER.bind(body, "", JsonNode.class)).isEqualTo(shared);
                assertSameFieldOrder(shared, shared);
                shared.propertyNames()
                        .forEach(name -> assertThat(shared.get(name)).isSameAs(shared.path(name)));
            }
            return true;
        };
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> outcomes = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                outcomes.add(executor.submit(reader));
            }
            for (Future<Boolean> outcome : outcomes) {
                assertThat(outcome.get()).isTrue();
            }
        }
    }
}
