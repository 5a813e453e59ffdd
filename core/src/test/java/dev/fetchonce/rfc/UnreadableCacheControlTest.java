package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Invariants;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9111 §4.2.1 encourages a cache to count doubtful freshness as stale. A Cache-Control that is not readable as a
 * whole never makes a response fresher than its strictest reading.
 */
class UnreadableCacheControlTest {
    private static final String OLD = "Last-Modified: Tue, 06 Feb 2024 04:05:06 GMT";

    @RegisterExtension
    final Invariants given = new Invariants();

    /** Makes two equal calls, and returns the result of the second. A bar separates the lines of the field. */
    private static Found second(Side side, String says, String request) throws Exception {
        String[] values = says.split("\\|", -1);
        String[] fields = new String[values.length + 2];
        for (int i = 0; i < values.length; i++) {
            fields[i] = "Cache-Control: " + values[i];
        }
        fields[values.length] = OLD;
        fields[values.length + 1] = Side.TAG;
        side.origin.on("/a", call -> {
            if (call.field("If-None-Match").isPresent()) {
                call.status(304, fields);
            } else {
                call.send(200, Side.body(call), fields);
            }
        });
        side.get(request);
        return side.found(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-cache; no-store; must-revalidate",
                "no-cache;no-store;must-revalidate",
                "no-store;",
                ";no-store",
                "no-store no-cache",
                "no-store\tno-cache",
                "no-store: true",
                "no-store:",
                "NO-STORE;",
                "\"no-store\"",
                "\"no-store, max-age=60",
                "max-age=60; no-store",
                "max-age=60, foo; no-store",
                "max-age=60|no-store; foo",
                "no-store; foo|max-age=60",
                "foo=\"bar, no-store, max-age=60",
                "public; no-store, max-age=60",
                "max-age=60, no-store, must-understand; foo",
                "Cache-Control: no-store",
                "{no-store}",
                "no-store/max-age=60",
                "no-store\u00a0, max-age=60",
                "max-age=60, =no-store",
            })
    void a_response_that_no_reading_allows_to_store_is_not_stored(String says) throws Exception {
        assertThat(second(Side.ofOne(given), says, "")).isEqualTo(Found.ASKED);
        assertThat(second(Side.ofMany(given), says, "")).isEqualTo(Found.ASKED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max-age: 60",
                "max-age 60",
                "max-age:60",
                "max-age=60 s",
                "max-age=60s",
                "max-age=60;",
                "max-age==60",
                "max-age=",
                "max-age=\"60",
                "max-age='60'",
                "public; max-age=30",
                "public;max-age=30",
                "public max-age=30",
                "max-age=30; public",
                "max-age=60 public",
                "max-age=60, public; max-age=30",
                "max-age=60|public; max-age=30",
                "no-cache; max-age=60",
                "must-revalidate; max-age=60",
                "s-maxage=60; max-age=60",
                "immutable; max-age=60",
                "max-age=60\u00a0",
                "\u00a0max-age=60",
                "{\"max-age\": 60}",
                "public;",
                "foo bar",
                "foo",
                ";",
                ",",
                "",
                "public; foo",
            })
    void a_response_in_doubt_is_asked_for_again(String says) throws Exception {
        assertThat(second(Side.ofOne(given), says, "")).isEqualTo(Found.VALIDATED);
        assertThat(second(Side.ofMany(given), says, "")).isEqualTo(Found.VALIDATED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "private;max-age=600     # VALIDATED # ASKED",
                "private; max-age=600    # VALIDATED # ASKED",
                "private; foo, max-age=60 # HIT      # ASKED",
                "s-maxage: 60, max-age=60 # HIT      # VALIDATED",
                "s-maxage=60;, max-age=60 # HIT      # VALIDATED",
                "no-cache foo, max-age=60 # VALIDATED # VALIDATED",
                // readable directives count beside unreadable text
                "max-age=60, foo bar     # HIT       # HIT",
                "max-age=60, foo;bar     # HIT       # HIT",
                "max-age=60, x=\"no-store; no-cache\" # HIT # HIT",
                "max-age = 60            # HIT       # HIT",
                "max-age=\"60\"          # HIT       # HIT",
                "max-age=60, max-age=10  # HIT       # HIT",
                "public, foo             # HIT       # HIT",
            })
    void a_shared_cache_takes_it_by_its_own_rules(String says, Found inPrivate, Found inShared) throws Exception {
        assertThat(second(Side.ofOne(given), says, "")).isEqualTo(inPrivate);
        assertThat(second(Side.ofMany(given), says, "")).isEqualTo(inShared);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "no-cache; no-store    # VALIDATED",
                "no-cache;             # VALIDATED",
                "max-age: 0            # VALIDATED",
                "max-age 600           # VALIDATED",
                "min-fresh: 10         # VALIDATED",
                "foo; max-stale        # HIT",
                "foo bar               # HIT",
            })
    void the_directives_of_a_caller_count_in_the_same_way(String request, Found found) throws Exception {
        Side side = Side.ofOne(given).storable(200, "Cache-Control: max-age=60");
        side.get("");
        side.after(1);
        String field = "Cache-Control: " + request;
        int before = side.origin.requests();
        side.client.send(
                java.net.http.HttpRequest.newBuilder(side.origin.uri("/a"))
                        .header("Cache-Control", request)
                        .build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(side.origin.requests() > before ? Found.VALIDATED : Found.HIT)
                .as(field)
                .isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo; max-stale", "max-stale=600;", "max-stale: 600"})
    void a_caller_gets_nothing_stale_by_what_cannot_be_read(String request) throws Exception {
        Side side = Side.ofOne(given).storable(200, "Cache-Control: max-age=60");
        side.get("");
        side.after(61);
        side.client.send(
                java.net.http.HttpRequest.newBuilder(side.origin.uri("/a"))
                        .header("Cache-Control", request)
                        .build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(side.origin.requests()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store max-age=0", "max-age=600;", "no-store, ;", "", ","})
    @DisplayName("RFC 9213 §2.1: a targeted field that cannot be read is ignored; but nothing is guessed beside it")
    void a_targeted_field_that_cannot_be_read_makes_nothing_fresher(String says) throws Exception {
        Freshness.Http rules = Freshness.http().targetedFields(List.of("CDN-Cache-Control"));
        for (String other : List.of("", "Cache-Control: max-age=60")) {
            Side side = Side.of(given, rules);
            side.origin.on("/a", call -> {
                if (call.field("If-None-Match").isPresent()) {
                    call.status(304, Side.lines("CDN-Cache-Control: " + says, OLD, Side.TAG, other));
                } else {
                    call.send(200, Side.body(call), Side.lines("CDN-Cache-Control: " + says, OLD, Side.TAG, other));
                }
            });
            side.get("");
            assertThat(side.found("")).isEqualTo(other.isEmpty() ? Found.VALIDATED : Found.HIT);
        }
    }
}
