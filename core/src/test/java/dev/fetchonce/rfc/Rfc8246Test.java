package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Invariants;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8246: the cache does not revalidate an immutable response while it is fresh. */
class Rfc8246Test {
    @RegisterExtension
    final Invariants given = new Invariants();

    @ParameterizedTest(name = "{0}; {1} after {2} s: {3}")
    @DisplayName("RFC 8246 §2 the immutable extension")
    @CsvSource(
            delimiter = '|',
            value = {
                // a reload of a page whose parts have not changed
                "Cache-Control: max-age=60, immutable   | Cache-Control: max-age=0  | 30 | HIT",
                "Cache-Control: max-age=60              | Cache-Control: max-age=0  | 30 | VALIDATED",
                "Cache-Control: max-age=60, immutable=1 | Cache-Control: max-age=0  | 30 | HIT",
                // a forced reload, or a request with a limit of age
                "Cache-Control: max-age=60, immutable   | Cache-Control: no-cache   | 30 | VALIDATED",
                "Cache-Control: max-age=60, immutable   | Cache-Control: max-age=10 | 30 | VALIDATED",
                // the directive has no effect on a stale response, or where the lifetime is heuristic
                "Cache-Control: max-age=60, immutable   | Cache-Control: max-age=0  | 60 | VALIDATED",
                "Cache-Control: max-age=60, immutable   | Cache-Control: foo        | 60 | VALIDATED",
                "Cache-Control: immutable; Last-Modified: Tue, 03 Feb 2026 03:05:06 GMT | Cache-Control: max-age=0 | 30 | VALIDATED",
                "Cache-Control: no-cache, max-age=60, immutable | Cache-Control: max-age=0 | 0 | VALIDATED",
            })
    void it_is_used_while_it_is_fresh(String response, String request, long after, Found found) throws Exception {
        for (Side side : List.of(Side.ofOne(given), Side.ofMany(given))) {
            side.storable(200, response).get("");
            assertThat(side.after(after).found(request)).isEqualTo(found);
        }
    }

    @Test
    void it_is_not_renewed_ahead() throws Exception {
        Side side = Side.of(given, Freshness.http(), b -> b.refreshAhead(0.5));
        side.storable(200, "Cache-Control: max-age=60, immutable").get("");
        side.after(50).get("");
        side.settled(1);
        assertThat(side.origin.requests()).isEqualTo(1);
    }
}
