package dev.fetchonce.internal.http.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.http.message.DeltaSeconds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCachingOptionsTest {
    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 1.001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void a_fraction_out_of_its_bounds_is_refused(double fraction) {
        assertThatThrownBy(() -> new HttpCachingOptions(false, fraction, 0, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Double.toString(fraction));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 2_147_483_648_000_000_001L, Long.MIN_VALUE, Long.MAX_VALUE})
    void a_cap_out_of_its_bounds_is_refused(long cap) {
        assertThatThrownBy(() -> new HttpCachingOptions(false, 0.1, cap, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Long.toString(cap));
    }

    @Test
    void the_bounds_themselves_hold_and_the_list_is_a_copy() {
        List<String> fields = new ArrayList<>(List.of("CDN-Cache-Control"));
        HttpCachingOptions options = new HttpCachingOptions(true, 1, DeltaSeconds.MAXIMUM_NANOS, fields);
        fields.clear();
        assertThat(options.targetedFields()).containsExactly("CDN-Cache-Control");
        assertThat(new HttpCachingOptions(false, 0, 0, List.of()).heuristicFraction())
                .isZero();
    }
}
