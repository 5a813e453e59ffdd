package dev.fetchonce.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.rfc.Side.Found;
import dev.fetchonce.testing.Invariants;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9213: fields that replace Cache-Control for the caches that they target. */
class Rfc9213Test {
    @RegisterExtension
    final Invariants given = new Invariants();

    private Side targeted(boolean shared) {
        return Side.of(
                given,
                Freshness.http().shared(shared).targetedFields(List.of("Mine-Cache-Control", "CDN-Cache-Control")));
    }

    @Nested
    @DisplayName("RFC 9213 §2.2 cache behavior")
    class Section_2_2 {
        @ParameterizedTest(name = "{0}: after {1} s {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "CDN-Cache-Control: max-age=60; Cache-Control: no-store                            | 59 | HIT",
                    "CDN-Cache-Control: max-age=60; Cache-Control: no-store                            | 60 | VALIDATED",
                    "CDN-Cache-Control: no-store; Cache-Control: max-age=60                            | 0  | ASKED",
                    "CDN-Cache-Control: max-age=10; Expires: Tue, 03 Feb 2026 04:06:06 GMT             | 10 | VALIDATED",
                    // Expires does not supply a lifetime that a targeted field leaves out
                    "CDN-Cache-Control: foo; Expires: Tue, 03 Feb 2026 04:06:06 GMT                    | 1  | VALIDATED",
                    // the first valid field of the list counts
                    "CDN-Cache-Control: no-store; Mine-Cache-Control: max-age=60                       | 59 | HIT",
                    "CDN-Cache-Control: max-age=60; Mine-Cache-Control: max-age=10                     | 10 | VALIDATED",
                    "CDN-Cache-Control: max-age=60; Mine-Cache-Control: max-age=10 no dictionary       | 59 | HIT",
                    // an empty field and a field that is no dictionary are skipped
                    "CDN-Cache-Control: ; Cache-Control: max-age=60                                    | 59 | HIT",
                    "CDN-Cache-Control: max-age=60,; Cache-Control: no-store                           | 0  | ASKED",
                    "CDN-Cache-Control: \"max-age\"; Cache-Control: max-age=60                         | 59 | HIT",
                    // each value must have its own type
                    "CDN-Cache-Control: max-age=\"60\"; Cache-Control: max-age=60                      | 1  | VALIDATED",
                    "CDN-Cache-Control: max-age=60, no-store=?0                                        | 59 | HIT",
                    "CDN-Cache-Control: max-age=60, no-store=?1                                        | 0  | ASKED",
                    "CDN-Cache-Control: max-age=10, max-age=60                                         | 59 | HIT",
                    // parameters and unknown members have no effect
                    "CDN-Cache-Control: max-age=60;x=1, other=(a b)                                    | 59 | HIT",
                    // a field outside the list has no effect
                    "Other-Cache-Control: no-store; Cache-Control: max-age=60                          | 59 | HIT",
                })
        void the_first_valid_field_of_the_list_decides(String response, long after, Found found) throws Exception {
            for (boolean shared : new boolean[] {false, true}) {
                Side side = targeted(shared);
                side.storable(200, response).get("");
                assertThat(side.after(after).found("")).isEqualTo(found);
            }
        }

        @Test
        void by_default_no_field_is_targeted_at_this_cache() throws Exception {
            Side side = Side.ofMany(given).storable(200, "CDN-Cache-Control: no-store; Cache-Control: max-age=60");
            side.get("");
            assertThat(side.found("")).isEqualTo(Found.HIT);
        }

        @Test
        void the_field_is_passed_on_as_it_came() throws Exception {
            Side side = targeted(true).answers(200, "CDN-Cache-Control: max-age=60; Cache-Control: no-store");
            side.get("");
            HttpResponse<String> hit = side.get("");
            assertThat(hit.headers().firstValue("cdn-cache-control")).hasValue("max-age=60");
            assertThat(hit.headers().firstValue("cache-control")).hasValue("no-store");
        }
    }
}
