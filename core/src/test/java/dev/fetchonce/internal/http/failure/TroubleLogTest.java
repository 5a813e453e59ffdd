package dev.fetchonce.internal.http.failure;

import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.TroubleLog.Effect;
import dev.fetchonce.internal.http.failure.TroubleLog.Place;
import dev.fetchonce.internal.http.failure.TroubleLog.Statement;
import dev.fetchonce.internal.http.failure.TroubleLog.Step;
import dev.fetchonce.testing.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The lines about one origin. An event is a URL and a word, such as {@code a:refused}: {@code refused} and {@code 503}
 * are fetches that a stored response covers, {@code bare} and {@code bare503} are fetches without one, {@code old} and
 * {@code none} are calls that fail, {@code ok} is an answer. A number of seconds lets time pass.
 */
class TroubleLogTest {
    private TroubleLog log = TroubleLog.NONE;

    /** Close to the largest value, which the clock may pass. */
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(90);

    private final List<String> lines = new ArrayList<>();

    static Stream<Row<String>> outages() {
        return Stream.of(
                row("an answer", "a:ok", ""),
                row("the first failure with a stored response", "a:503", "a STALE"),
                row("the first failure without one, and its caller", "a:bare503 a:none503", "a NOTHING_STORED"),
                row("a caller before the landing of its fetch", "a:none503 a:bare503 a:none503", "a NOTHING_STORED"),
                row("many failures of one URL", "a:503 1 a:503 5 a:503 30 a:503", "a STALE"),
                row("many URLs of a refused host", "a:refused b:refused c:refused d:refused", "a STALE"),
                row("many URLs of a host with 503", "a:503 b:503 c:503 d:503", "a STALE"),
                row("two reasons", "a:503 b:refused c:503 d:refused", "a STALE, b STALE"),
                row("stored responses run out", "a:503 9 a:bare503 a:old503 1 b:old503", "a STALE, a TOO_OLD after 9"),
                row(
                        "another URL has nothing stored",
                        "a:503 b:bare503 b:none503 c:none503",
                        "a STALE, b NOTHING_STORED"),
                row(
                        "run out beside nothing stored",
                        "b:none503 a:503 9 a:old503",
                        "b NOTHING_STORED, a STALE, a TOO_OLD after 9"),
                row("recovery of one URL", "a:503 9 a:ok", "a STALE, a ok after 9"),
                row(
                        "recovery of a host, at any of its URLs",
                        "a:refused b:refused 9 c:ok a:ok b:ok",
                        "a STALE, host ok after 9"),
                row("recovery of a host with 503", "a:503 b:503 c:503 9 b:ok a:ok c:ok", "a STALE, host ok after 9"),
                row("recovery without a line before", "a:bare503 9 a:ok", ""),
                row(
                        "one broken URL of a host that works",
                        "a:503 1 b:ok 1 a:503 1 b:ok 1 a:503 6 a:ok",
                        "a STALE, a ok after 10"),
                row(
                        "two broken URLs of a host that works",
                        "a:503 b:ok c:503 b:ok a:503 c:503 7 a:ok c:ok",
                        "a STALE, c STALE, a ok after 7, c ok after 7"),
                row(
                        "a second broken URL before an answer",
                        "a:503 c:503 b:ok c:503 b:ok 7 c:ok",
                        "a STALE, c STALE, c ok after 7"),
                row(
                        "a user's failure, and the answer of another user",
                        "a#me:503 a:ok a#me:503 5 a#me:ok",
                        "a#me STALE, a#me ok after 5"),
                row("three users, one URL", "a#1:503 a#2:503 a#3:503 b:ok", "a#1 STALE"),
                row("an unreadable body, and other answers", "a:odd b:ok a:odd 3 a:ok", "a STALE, a ok after 3"),
                row("unreadable bodies of many URLs", "a:odd b:odd c:odd d:odd 3 a:ok", "a STALE, a ok after 3"),
                row("a minute of quiet", "a:503 a:ok 59 a:503 a:none503", "a STALE, a ok after 0"),
                row("the end of the quiet", "a:503 a:ok 59 a:503 1 a:503", "a STALE, a ok after 0, a STALE after 1"),
                row(
                        "up and down each second",
                        "a:503 1 a:ok 1 a:503 1 a:ok 1 a:503 1 a:ok 1 a:503 1 a:ok",
                        "a STALE, a ok after 1"),
                row(
                        "a host up and down",
                        "a:refused 1 a:ok 1 a:refused 30 a:refused 1 a:ok",
                        "a STALE, host ok after 1"),
                row(
                        "quiet, then an outage that lasts",
                        "a:refused a:ok 50 a:refused 10 b:refused 5 a:ok",
                        "a STALE, host ok after 0, b STALE after 10, host ok after 15"),
                row("an hour", "a:503 3599 a:503 1 a:503 1 a:503", "a STALE, a STALE still after 3600"),
                row(
                        "an hour of calls that fail",
                        "a:none503 3600 a:none503 1 a:none503",
                        "a NOTHING_STORED, a NOTHING_STORED still after 3600"),
                row("an hour of a host", "a:refused 3600 b:refused c:refused", "a STALE, b STALE still after 3600"),
                row(
                        "two hours, and one fetch",
                        "a:503 7200 a:503 3599 a:503 1 a:503",
                        "a STALE, a STALE still after 7200, a STALE still after 10800"),
                row("a day without a call", "a:503 86400 a:ok", "a STALE, a ok after 86400"));
    }

    private void event(String event) {
        String[] parts = event.split(":");
        if (parts.length == 1) {
            now += TimeUnit.SECONDS.toNanos(Long.parseLong(event));
            return;
        }
        Place place = new Place(parts[0], parts[0].split("#")[0]);
        Step step = switch (parts[1]) {
            case "ok" -> log.answered(place, now);
            case "refused" -> log.fetchFailed(place, Reason.CONNECT, true, now);
            case "503" -> log.fetchFailed(place, Reason.STATUS, true, now);
            case "odd" -> log.fetchFailed(place, Reason.UNDECODABLE, true, now);
            case "bare503" -> log.fetchFailed(place, Reason.STATUS, false, now);
            case "old503" -> called(place, Effect.TOO_OLD);
            case "none503" -> called(place, Effect.NOTHING_STORED);
            default -> throw new IllegalArgumentException(event);
        };
        log = step.next();
        if (step.line() != null) {
            lines.add(words(parts[0], step.line()));
        }
    }

    private Step called(Place place, Effect effect) {
        Statement statement = new Statement(Reason.STATUS, effect);
        Step step = log.callFailed(place, statement, now);
        if (log.ignores(place, statement, now)) {
            assertThat(step).isEqualTo(new Step(log, null));
        }
        return step;
    }

    private static String words(String url, TroubleLog.Line line) {
        return switch (line) {
            case TroubleLog.Begins begins -> url + " " + begins.effect() + after(begins.nanos());
            case TroubleLog.Lasts lasts -> url + " " + lasts.effect() + " still" + after(lasts.nanos());
            case TroubleLog.Ends ends ->
                (ends.ofHost() ? "host" : url) + " ok after " + TimeUnit.NANOSECONDS.toSeconds(ends.nanos());
        };
    }

    private static String after(long nanos) {
        return nanos == 0 ? "" : " after " + TimeUnit.NANOSECONDS.toSeconds(nanos);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void the_lines_of(Row<String> row) {
        for (String event : row.given().split(" ")) {
            event(event);
        }
        assertThat(String.join(", ", lines)).isEqualTo(row.outcome());
    }

    @Test
    void of_many_broken_urls_of_a_host_that_works_the_log_names_twenty() {
        for (int i = 0; i < 100; i++) {
            event("u" + i + ":503");
            event("well:ok");
        }
        assertThat(lines).hasSize(TroubleLog.MAXIMUM_URLS);
        assertThat(log.own()).hasSize(TroubleLog.MAXIMUM_URLS);
        event("u0:ok");
        event("60");
        event("u99:503");
        assertThat(lines).hasSize(TroubleLog.MAXIMUM_URLS + 2).last().isEqualTo("u99 STALE");
    }

    @Test
    void a_dead_host_takes_little_memory_whatever_the_number_of_its_urls() {
        for (int i = 0; i < 10_000; i++) {
            event("u" + i + ":503");
            event("u" + i + ":none503");
        }
        assertThat(lines).containsExactly("u0 STALE", "u0 NOTHING_STORED");
        TroubleLog.@Nullable Run run = log.run();
        assertThat(run).isNotNull();
        assertThat(run.urls()).hasSize(TroubleLog.WIDE);
        assertThat(log.own()).hasSize(1);
    }

    @Test
    void after_the_quiet_an_origin_that_works_is_forgotten() {
        event("a:503");
        event("a:ok");
        assertThat(log.isNone(now)).isFalse();
        event("60");
        event("a:ok");
        assertThat(log.isNone(now)).isTrue();
    }

    @Test
    void its_text_has_no_url() {
        event("secret:503");
        assertThat(log.toString()).doesNotContain("secret");
    }
}
