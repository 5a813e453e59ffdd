package dev.fetchonce.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the demo on a readable screen, at a smaller scale. */
@Timeout(60)
class ShowTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(written, true, StandardCharsets.UTF_8), false);

    @Test
    void every_act_holds_what_it_claims() throws Exception {
        Show.Scale small = new Show.Scale(300, Duration.ofMillis(1500), Duration.ofMillis(400));
        boolean good;
        try (LogLines log = LogLines.ofStandardError()) {
            good = new Show(screen, log, small).run();
        }
        assertThat(written.toString(StandardCharsets.UTF_8).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        String text = written.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " "); // without line breaks
        assertThat(good).as(text).isTrue();
        assertThat(text)
                .contains("900 calls, 3 requests at the origin")
                .contains("3 requests, 3 answered 304, with 0 B of body")
                .containsPattern("served\\(\\) STALE_(ERROR|BACKOFF)")
                .contains("log | WARN http://127.0.0.1:")
                .contains("the feature flags were at revision 41 and are at 42")
                .contains("all 11 claims hold.")
                .doesNotContain("FAILED");
    }

    @Test
    void a_screen_without_colour_is_plain_ascii_of_80_columns() {
        screen.act("1 ACT", "what it is about");
        screen.say("a sentence ".repeat(20));
        screen.holds("something that takes more than one line to say ".repeat(3));
        screen.log("WARN something that a log has to say ".repeat(4));
        String text = written.toString(StandardCharsets.UTF_8);
        assertThat(text).matches("[\\n -~]+");
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void a_claim_that_does_not_hold_is_said_and_counted() {
        Claims claims = new Claims(screen);
        claims.check(true, "1 request", "1 request");
        claims.check(false, "2 requests", "1 request");
        assertThat(claims.held()).isEqualTo(1);
        assertThat(claims.broken()).isEqualTo(1);
        assertThat(written.toString(StandardCharsets.UTF_8)).contains("FAILED  2 requests; it should be: 1 request");
    }

    @Test
    void percentiles_of_a_crowd_lie_between_its_fastest_and_its_slowest() throws Exception {
        Crowd crowd = Crowd.rush(100, () -> null);
        assertThat(crowd.calls()).isEqualTo(100);
        assertThat(crowd.failed()).isZero();
        assertThat(crowd.percentile(50)).isBetween(crowd.min(), crowd.percentile(99));
        assertThat(crowd.percentile(100)).isEqualTo(crowd.max());
    }

    @Test
    void failures_of_a_crowd_are_counted_and_the_first_is_shown() throws Exception {
        Crowd crowd = Crowd.rush(7, () -> {
            throw new IllegalStateException("no");
        });
        assertThat(crowd.failed()).isEqualTo(7);
        assertThat(crowd.firstFailure()).contains("IllegalStateException: no");
    }
}
