package dev.fetchonce.internal.backoff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.TroubleLog.Effect;
import dev.fetchonce.internal.http.failure.TroubleLog.Line;
import dev.fetchonce.internal.http.failure.TroubleLog.Place;
import dev.fetchonce.internal.http.failure.TroubleLog.Statement;
import dev.fetchonce.testing.Together;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TroubleLogsTest {
    private static final Statement REFUSED = new Statement(Reason.CONNECT, Effect.NOTHING_STORED);

    private final TroubleLogs logs = new TroubleLogs();

    private static Place place(String origin) {
        return new Place(origin + "/a", origin + "/a");
    }

    private @Nullable Line called(String origin) {
        return logs.callFailed(origin, place(origin), REFUSED, 0);
    }

    @Test
    void each_origin_has_its_own_lines() {
        assertThat(called("http://a")).isNotNull();
        assertThat(called("http://b")).isNotNull();
        assertThat(called("http://a")).isNull();
        assertThat(logs.fetchFailed("http://a", place("http://a"), Reason.CONNECT, true, 0))
                .isNotNull();
        assertThat(logs.answered("http://a", place("http://a"), 0)).isNotNull();
        assertThat(logs.answered("http://c", place("http://c"), 0)).isNull();
    }

    @Test
    void an_origin_that_works_again_is_forgotten_after_the_quiet() {
        called("http://a");
        logs.answered("http://a", place("http://a"), 0);
        assertThat(logs.size()).isEqualTo(1);
        logs.answered("http://a", place("http://a"), TimeUnit.MINUTES.toNanos(1));
        assertThat(logs.size()).isZero();
    }

    @Test
    void of_one_failure_that_many_threads_report_one_line_is_written() {
        AtomicInteger lines = new AtomicInteger();
        Together.run(8, thread -> {
            for (int i = 0; i < 1_000; i++) {
                lines.addAndGet(called("http://a") == null ? 0 : 1);
            }
        });
        assertThat(lines).hasValue(1);
    }

    @Test
    void beyond_a_thousand_origins_the_lines_do_not_go_on() {
        int lines = 0;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3_000; i++) {
                lines += called("http://" + i) == null ? 0 : 1;
            }
        }
        assertThat(lines).isEqualTo(1_001);
        assertThat(logs.size()).isEqualTo(1_001);
    }
}
