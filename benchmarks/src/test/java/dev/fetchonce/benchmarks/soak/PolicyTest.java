package dev.fetchonce.benchmarks.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Policy POLICY =
            new Policy(SECOND, SECOND, SECOND, SECOND, Duration.ofMillis(500), Duration.ofSeconds(10));

    @Test
    void short_outage_recovers_after_the_first_wait_and_a_second() {
        assertEquals(Duration.ofMillis(1_500), POLICY.recovery(SECOND));
    }

    @Test
    void outage_recovers_after_a_tenth_of_it_and_a_second() {
        assertEquals(Duration.ofSeconds(4), POLICY.recovery(Duration.ofSeconds(30)));
    }

    @Test
    void long_outage_recovers_after_the_longest_wait_and_a_second() {
        assertEquals(Duration.ofSeconds(11), POLICY.recovery(Duration.ofHours(1)));
    }
}
