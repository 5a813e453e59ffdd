package dev.fetchonce.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InternerTest {
    private final Interner oneOfEach = new Interner();

    private record Number(int n) {}

    private record Other(int n) {}

    @Test
    void equal_values_are_one_instance() {
        Number first = oneOfEach.of(new Number(1));
        Number second = oneOfEach.of(new Number(2));
        assertThat(oneOfEach.of(new Number(1))).isSameAs(first);
        assertThat(oneOfEach.of(new Number(2))).isSameAs(second).isNotSameAs(first);
    }

    @Test
    void what_is_not_equal_is_given_back_whatever_its_hash() {
        assertThat(oneOfEach.of("Aa")).isEqualTo("Aa");
        assertThat(oneOfEach.of("BB")).isEqualTo("BB");
        assertThat(oneOfEach.of("Aa")).isEqualTo("Aa");
        Number number = oneOfEach.of(new Number(7));
        Other other = oneOfEach.of(new Other(7));
        assertThat(List.of(number, other)).containsExactly(new Number(7), new Other(7));
    }

    @Test
    void many_values_push_each_other_out() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(oneOfEach.of(new Number(i))).isEqualTo(new Number(i));
        }
        Number last = oneOfEach.of(new Number(99_999));
        assertThat(oneOfEach.of(new Number(99_999))).isSameAs(last);
    }
}
