package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.Freshness;
import dev.fetchonce.Insides;
import dev.fetchonce.Served;
import dev.fetchonce.StatusException;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of RFC 9111 for callers of {@code get} and {@code fetch}. */
class Rfc9111ValuesTest {
    @RegisterExtension
    final Invariants given = new Invariants();

    private static CachedResponse fetch(Side side, String fields) throws Exception {
        return side.cache.fetch(side.request("GET", "/a", fields));
    }

    @Nested
    @DisplayName("RFC 9111 §4 constructing responses from caches")
    class Section_4 {
        @ParameterizedTest(name = "{0}, after {1} s, {2}: {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "Cache-Control: max-age=60                | 59 | ''                           | HIT",
                    "Cache-Control: max-age=60                | 60 | ''                           | REVALIDATED",
                    "Cache-Control: max-age=60; Age: 10       | 50 | ''                           | REVALIDATED",
                    "Expires: Tue, 03 Feb 2026 04:06:06 GMT   | 59 | ''                           | HIT",
                    "Cache-Control: no-cache                  | 0  | ''                           | REVALIDATED",
                    "Cache-Control: no-store                  | 0  | ''                           | FETCHED",
                    "Cache-Control: max-age=60; Vary: *       | 0  | ''                           | FETCHED",
                    "Cache-Control: max-age=60                | 10 | Cache-Control: max-age=9     | REVALIDATED",
                    "Cache-Control: max-age=60                | 10 | Cache-Control: no-cache      | REVALIDATED",
                    "Cache-Control: max-age=60                | 70 | Cache-Control: max-stale=10  | STALE",
                    "Cache-Control: max-age=60                | 10 | Cache-Control: min-fresh=51  | REVALIDATED",
                    "Cache-Control: max-age=60                | 10 | Pragma: no-cache             | REVALIDATED",
                    "Cache-Control: max-age=60, stale-while-revalidate=30 | 70 | ''             | STALE_WHILE_REVALIDATE",
                    "Cache-Control: max-age=60, immutable     | 10 | Cache-Control: max-age=0     | HIT",
                })
        void an_answer_is_used_as_it_says(String response, long after, String request, Served served) throws Exception {
            for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
                side.storable(200, response);
                fetch(side, "");
                assertThat(fetch(side.after(after), request).served()).isEqualTo(served);
                side.settled(1);
            }
        }

        @Test
        void a_directive_that_every_request_carries_counts_for_plain_ones() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.header("Cache-Control", "max-age=5"));
            side.storable(200, "Cache-Control: max-age=60");
            side.cache.get(side.origin.url("/a"));
            side.after(5).cache.get(side.origin.url("/a"));
            assertThat(side.origin.requests()).isEqualTo(1);
            side.after(1).cache.get(side.origin.url("/a"));
            assertThat(side.origin.requests()).isEqualTo(2);
        }

        @Test
        void waiters_may_not_have_a_response_that_is_stale_when_it_comes() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.connectionsPerOrigin(8));
            Latch latch = given.latch();
            side.origin.on("/a", call -> {
                latch.pass();
                call.json(Integer.toString(call.number()), "Cache-Control: max-age=0");
            });
            Crowd<Integer> crowd =
                    Crowd.of(100, () -> side.cache.get(side.origin.url("/a")).intValue());
            Await.until("all have joined", () -> Insides.joined(side.cache) == 100);
            latch.open();
            assertThat(crowd.values()).doesNotHaveDuplicates();
        }
    }

    @Nested
    @DisplayName("RFC 9111 §4.2.4 serving stale responses")
    class Section_4_2_4 {
        @Test
        void an_error_is_covered_within_its_window_and_not_beyond() throws Exception {
            Side side = Side.ofOne(given).answers(200, "Cache-Control: max-age=60, stale-if-error=30");
            fetch(side, "");
            side.answers(503, "");
            CachedResponse stale = fetch(side.after(90), "");
            assertThat(stale.served()).isEqualTo(Served.STALE_ERROR);
            assertThat(stale.age().toSeconds()).isEqualTo(90);
            side.after(1);
            assertThatThrownBy(() -> fetch(side, "")).isInstanceOf(StatusException.class);
        }

        @Test
        void must_revalidate_is_an_error_where_no_origin_can_be_asked() throws Exception {
            Side side = Side.of(given, Freshness.http(), b -> b.staleIfError(java.time.Duration.ofHours(1)))
                    .answers(200, "Cache-Control: max-age=60, must-revalidate");
            fetch(side, "");
            side.origin.down();
            side.after(TimeUnit.MINUTES.toSeconds(2));
            assertThatThrownBy(() -> fetch(side, "")).isInstanceOf(FetchException.class);
        }
    }
}
