package dev.fetchonce.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InternerTest {
    private final Interner interner = new Interner();

    private record Number(int n) {}

    private record Other(int n) {}

    @Test
    void equal_values_are_one_instance() {
        Number first = interner.of(new Number(1));
        Number second = interner.of(new Number(2));
        assertThat(interner.of(new Number(1))).isSameAs(first);
        assertThat(interner.of(new Number(2))).isSameAs(second).isNotSameAs(first);
    }

    @Test
    void an_instance_that_is_not_equal_is_given_back_whatever_its_hash() {
        assertThat(interner.of("Aa")).isEqualTo("Aa");
        assertThat(interner.of("BB")).isEqualTo("BB");
        assertThat(interner.of("Aa")).isEqualTo("Aa");
        Number number = interner.of(new Number(7));
        Other other = interner.of(new Other(7));
        assertThat(List.of(number, other)).containsExactly(new Number(7), new Other(7));
    }

    @Test
    void many_values_push_each_other_out() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(interner.of(new Number(i))).isEqualTo(new Number(i));
        }
        Number last = interner.of(new Number(99_999));
        assertThat(interner.of(new Number(99_999))).isSameAs(last);
    }
}
