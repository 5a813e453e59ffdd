package dev.fetchonce.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reader follows one call through a bounded number of source files. The bounds only fall. */
@Tag("long")
class WalkTest {
    private static final Map<String, Walk> BOUNDS = Map.of(
            "hit", new Walk(6, 6),
            "miss", new Walk(81, 331),
            "304", new Walk(76, 392),
            "failure", new Walk(82, 392),
            "send, miss", new Walk(92, 418),
            "send, hit", new Walk(37, 77));

    @Test
    @Timeout(900)
    void no_call_walks_further_than_it_did() throws Exception {
        Map<String, Walk> walks = Tracer.walks();
        System.out.println("walks: " + walks);
        assertThat(walks.keySet()).isEqualTo(BOUNDS.keySet());
        assertThat(walks).allSatisfy((call, walk) -> {
            assertThat(walk.files())
                    .as(call)
                    .isLessThanOrEqualTo(BOUNDS.get(call).files());
            assertThat(walk.handOvers())
                    .as(call)
                    .isLessThanOrEqualTo(BOUNDS.get(call).handOvers());
        });
    }
}
