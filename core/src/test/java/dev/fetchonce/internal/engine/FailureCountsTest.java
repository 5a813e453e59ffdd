package dev.fetchonce.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.testing.Crowd;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailureCountsTest {
    private final FailureCounts counts = new FailureCounts();

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void nothing_has_failed() {
        assertThat(counts.byReason()).isEmpty();
        assertThat(counts.byOrigin()).isEmpty();
    }

    @Test
    void each_failure_counts_by_its_reason_and_by_its_origin() {
        counts.add("http://a", Reason.CONNECT);
        counts.add("http://a", Reason.STATUS);
        counts.add("http://b", Reason.STATUS);
        assertThat(counts.byReason()).isEqualTo(Map.of(Reason.CONNECT, 1L, Reason.STATUS, 2L));
        assertThat(counts.byOrigin()).isEqualTo(Map.of("http://a", 2L, "http://b", 1L));
    }

    @Test
    void origins_beyond_a_thousand_are_one_count() {
        assertThat(Crowd.of(8, thread -> () -> {
                            for (int i = 0; i < 1_500; i++) {
                                counts.add("http://" + (i + thread * 7) % 1_500, Reason.CONNECT);
                            }
                            return thread;
                        })
                        .values())
                .hasSize(8);
        Map<String, Long> byOrigin = counts.byOrigin();
        assertThat(byOrigin).hasSize(FailureCounts.MAXIMUM_ORIGINS + 1).containsEntry(FailureCounts.OTHER, 8 * 500L);
        assertThat(sum(byOrigin)).isEqualTo(8 * 1_500L).isEqualTo(sum(counts.byReason()));
    }
}
