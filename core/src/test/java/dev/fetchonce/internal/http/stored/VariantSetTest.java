package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.oneOf;
import static dev.fetchonce.internal.http.message.Fields.random;
import static dev.fetchonce.internal.http.message.Fields.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VariantSetTest {
    private static final CacheKey KEY = CacheKey.plain(TargetUri.parse("http://h/"));
    private static final HttpHeaders VARY = fields("Vary", "A");

    @Test
    void the_first_landing_makes_a_set_of_one() {
        StoredResponse response = stored(fields(), fields());
        VariantSet set = VariantSet.landed(null, KEY, response);
        assertThat(set.size()).isEqualTo(1);
        assertThat(set.url()).isEqualTo(KEY.url());
        assertThat(set.text()).isEqualTo(KEY.text());
        assertThat(set.select(fields("A", "anything"))).isSameAs(response);
    }

    @Test
    void a_landing_replaces_the_same_variant_and_keeps_the_others() {
        StoredResponse one = stored(VARY, fields("A", "1"));
        StoredResponse two = stored(VARY, fields("A", "2"));
        StoredResponse anew = stored(VARY, fields("A", " 1 ,"));
        VariantSet set = landed(one, two, anew);
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.select(fields("A", "1"))).isSameAs(anew);
        assertThat(set.select(fields("A", "2"))).isSameAs(two);
        assertThat(set.select(fields("A", "3"))).isNull();
        assertThat(set.select(fields())).isNull();
    }

    @Test
    void a_variant_for_the_absent_field_is_one_of_its_own() {
        StoredResponse absent = stored(VARY, fields());
        StoredResponse empty = stored(VARY, fields("A", ""));
        VariantSet set = landed(absent, empty);
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.select(fields()))
                .as("RFC 9111 §4.1: an absent field matches only an absent one")
                .isSameAs(absent);
        assertThat(set.select(fields("A", ""))).isSameAs(empty);
    }

    @Test
    void of_several_that_match_the_newest_is_selected() {
        StoredResponse byA = stored(VARY, fields("A", "1", "B", "1"));
        StoredResponse byB = stored(fields("Vary", "B"), fields("A", "1", "B", "1"));
        VariantSet set = landed(byA, byB);
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.select(fields("A", "1", "B", "1"))).isSameAs(byB);
        assertThat(set.select(fields("A", "1", "B", "2"))).isSameAs(byA);
        assertThat(VariantSet.landed(set, KEY, byA).select(fields("A", "1", "B", "1")))
                .isSameAs(byA);
    }

    @Test
    void one_without_vary_is_selected_last() {
        StoredResponse german = stored(VARY, fields("A", "de"));
        StoredResponse plain = stored(fields(), fields());
        VariantSet set = landed(german, plain);
        assertThat(set.select(fields("A", "de"))).as("RFC 9111 §4.1").isSameAs(german);
        assertThat(set.select(fields("A", "fr"))).isSameAs(plain);
        assertThat(set.select(fields())).isSameAs(plain);
    }

    @Test
    void of_too_many_variants_the_oldest_leaves() {
        VariantSet set = null;
        for (int i = 0; i < VariantSet.MAX_VARIANTS + 10; i++) {
            set = VariantSet.landed(set, KEY, stored(VARY, fields("A", "" + i)));
            assertThat(set.size()).isEqualTo(Math.min(i + 1, VariantSet.MAX_VARIANTS));
        }
        assertThat(set.select(fields("A", "9"))).isNull();
        assertThat(set.select(fields("A", "10"))).isNotNull();
        StoredResponse anew = stored(VARY, fields("A", "10"));
        set = VariantSet.landed(set, KEY, anew);
        assertThat(set.size()).as("a renewal drops no other variant").isEqualTo(VariantSet.MAX_VARIANTS);
        assertThat(set.select(fields("A", "10"))).isSameAs(anew);
        assertThat(set.select(fields("A", "11"))).isNotNull();
    }

    @Test
    void dropping_leaves_what_the_request_does_not_select() {
        StoredResponse one = stored(VARY, fields("A", "1"));
        StoredResponse two = stored(VARY, fields("A", "2"));
        VariantSet left = landed(one, two).dropped(fields("A", "1"));
        assertThat(left.size()).isEqualTo(1);
        assertThat(left.select(fields("A", "1"))).isNull();
        assertThat(left.select(fields("A", "2"))).isSameAs(two);
        assertThat(left.dropped(fields("A", "2"))).isNull();
        assertThat(landed(stored(fields(), fields())).dropped(fields("A", "x"))).isNull();
    }

    @Test
    void requests_select_by_the_newest_vary() {
        VariantSet plain = landed(stored(fields(), fields()));
        assertThat(plain.selecting(fields("A", "1"))).isEqualTo(plain.selecting(fields()));
        VariantSet varied = VariantSet.landed(plain, KEY, stored(VARY, fields("A", "1")));
        assertThat(varied.selecting(fields("A", "1")))
                .isEqualTo(varied.selecting(fields("A", "1,", "B", "2")))
                .isNotEqualTo(varied.selecting(fields("A", "2")))
                .isNotEqualTo(varied.selecting(fields()));
    }

    @Test
    void weight_includes_what_was_decoded() throws Exception {
        StoredResponse response = stored(fields(), fields());
        VariantSet set = landed(response);
        int before = set.weight();
        response.representation().decoded(1_000);
        response.representation().decoded(234);
        assertThat(set.weight()).as("a set does not change").isEqualTo(before);
        assertThat(set.weighed().weight()).isEqualTo(before + 1_234);
        assertThat(set.weighed().weighed().weight()).isEqualTo(set.weighed().weight());
        assertThat(VariantSet.landed(
                                set,
                                KEY,
                                response.renewed(
                                        response.headers(),
                                        response.selection(),
                                        Validity.ofTtl(1, 0, 0),
                                        1,
                                        Instant.EPOCH))
                        .weight())
                .as("a renewed response still has its decoded values")
                .isEqualTo(set.weighed().weight());
    }

    @Test
    void weight_grows_with_every_part() {
        int least = landed(stored(fields(), fields())).weight();
        assertThat(least).isGreaterThanOrEqualTo(10);
        assertThat(landed(stored(fields("X", "y".repeat(1_000)), fields())).weight())
                .isBetween(least + 1_000, least + 1_200);
        assertThat(landed(stored(VARY, fields("A", "y".repeat(1_000)))).weight())
                .isGreaterThan(least + 1_000);
        CacheKey longer = CacheKey.plain(TargetUri.parse("http://h/" + "y".repeat(1_000)));
        assertThat(VariantSet.landed(null, longer, stored(fields(), fields())).weight())
                .isGreaterThanOrEqualTo(least + 1_000);
    }

    @Test
    void a_weight_beyond_an_int_is_the_largest_int() throws Exception {
        Representation big = new Representation(new byte[64 << 20], fields(), new ContentCodings(1, Map.of()));
        big.decoded(Integer.MAX_VALUE);
        big.decoded(Long.MAX_VALUE / 2);
        StoredResponse sample = stored(fields(), fields());
        StoredResponse response = new StoredResponse(
                sample.url(),
                200,
                fields(),
                big,
                sample.selection(),
                Validity.ofTtl(1, 0, 0),
                1,
                Instant.EPOCH,
                ConnectionInfo.PLAIN);
        assertThat(big.weight()).isGreaterThan(Integer.MAX_VALUE);
        assertThat(landed(response).weight()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void random_landings_and_drops_keep_a_set_whole() {
        Random random = random("random_landings");
        for (int round = 0; round < 200; round++) {
            VariantSet set = null;
            for (int step = 0; step < 100; step++) {
                HttpHeaders request = randomRequest(random);
                if (set != null && random.nextInt(4) == 0) {
                    set = set.dropped(request);
                    assertThat(set == null ? null : set.select(request)).isNull();
                } else {
                    StoredResponse response = stored(oneOf(random, fields(), VARY, fields("Vary", "B, A")), request);
                    int before = set == null ? 0 : set.size();
                    if (set != null && !response.selection().varies()) {
                        set = set.dropped(request);
                    }
                    set = VariantSet.landed(set, KEY, response);
                    assertThat(set.select(request)).isSameAs(response);
                    assertThat(set.size()).isBetween(1, before + 1);
                    assertThat(set.select(randomRequest(random))).satisfies(any -> {});
                }
            }
        }
    }

    private static HttpHeaders randomRequest(Random random) {
        return fields(oneOf(random, "A", "C"), oneOf(random, "", "1", "2"), "B", oneOf(random, "1", "2"));
    }

    private static VariantSet landed(StoredResponse first, StoredResponse... others) {
        VariantSet set = VariantSet.landed(null, KEY, first);
        for (StoredResponse response : others) {
            set = VariantSet.landed(set, KEY, response);
        }
        return set;
    }
}
