package dev.fetchonce.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.examples.LoopbackOrigin;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UrlTrialTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private LoopbackOrigin origin;

    @BeforeEach
    void start() throws Exception {
        origin = LoopbackOrigin.start(Duration.ofMillis(5));
    }

    @AfterEach
    void stop() {
        origin.close();
    }

    @Test
    void json_is_shown_with_status_size_age_etag_and_both_times() throws Exception {
        assertThat(tried(origin.json("/three.json", "[1, 2, 3]"))).isTrue();
        assertThat(text())
                .contains("status 200, 9 B, age 0.0 s, ETag present")
                .contains("application/json; JSON, array of 3 members")
                .containsPattern("cold [0-9.,]+ ms, served FETCHED")
                .containsPattern("warm [0-9.,]+ ms, served HIT")
                .contains("0 requests")
                .contains("1 of 1 URL fetched.");
        assertThat(origin.document("/three.json").requests()).isEqualTo(1);
    }

    @Test
    void what_is_not_json_is_had_and_said() throws Exception {
        origin.publish("/page", "text/html", "<p>hello</p>");
        assertThat(tried(origin.url("/page"))).isTrue();
        assertThat(text()).contains("text/html; not JSON");
    }

    @Test
    void each_url_that_fails_has_a_line_and_does_not_keep_others_from_being_tried() throws Exception {
        LoopbackOrigin gone = LoopbackOrigin.start(Duration.ZERO);
        gone.close();
        String good = origin.json("/good.json", "{}");
        assertThat(tried(origin.url("/missing"), gone.url("/refused"), "nonsense", "ftp://127.0.0.1/x", good))
                .isTrue();
        assertThat(text())
                .containsPattern("FAILED STATUS after .*: ")
                .contains("status 404")
                .containsPattern("FAILED CONNECT after .*: ")
                .contains("FAILED the URL has no scheme")
                .contains("FAILED the scheme 'ftp' is not supported")
                .contains("1 of 5 URLs fetched.");
    }

    @Test
    void none_that_could_be_had_is_a_failure() throws Exception {
        assertThat(tried(origin.url("/missing"))).isFalse();
    }

    private boolean tried(String... urls) throws InterruptedException {
        return UrlTrial.run(new Screen(new PrintStream(written, true, StandardCharsets.UTF_8), false), List.of(urls));
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " "); // without line breaks
    }
}
