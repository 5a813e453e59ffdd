package dev.fetchonce.walk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The number of source files through which a reader follows one call. The bounds only fall. */
@Tag("long")
class WalkTest {
    /** The measured walks. */
    private static final Map<String, Walk> MEASURED = Map.of(
            "hit", new Walk(5, 5),
            "miss", new Walk(90, 293),
            "304", new Walk(89, 365),
            "failure", new Walk(102, 421),
            "send, miss", new Walk(96, 359),
            "send, hit", new Walk(41, 68));

    /** The tolerated difference in calls. Walks differ because a thread wakes early or finds its work done. */
    private static final int NOISE = 12;

    @Test
    @Timeout(900)
    void no_call_walks_further_than_it_did() throws Exception {
        Map<String, Walk> walks = Tracer.walks();
        System.out.println("walks: " + walks);
        assertThat(walks.keySet()).isEqualTo(MEASURED.keySet());
        assertThat(walks).allSatisfy((call, walk) -> {
            Walk most = MEASURED.get(call);
            assertThat(walk.files()).as(call).isLessThanOrEqualTo(most.files() + 2);
            assertThat(walk.handOvers()).as(call).isLessThanOrEqualTo(most.handOvers() + NOISE);
        });
    }
}
