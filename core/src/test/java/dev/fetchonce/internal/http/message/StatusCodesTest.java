package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatusCodesTest {
    @Test
    @DisplayName("RFC 9110 §15.1: twelve statuses are heuristically cacheable")
    void heuristically_cacheable_are_these() {
        assertThat(IntStream.range(0, 1_000).filter(StatusCodes::heuristicallyCacheable))
                .containsExactly(200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501);
    }

    @Test
    @DisplayName("RFC 9110 §15.2: 1xx is not final")
    void final_are_those_from_200_to_599() {
        assertThat(IntStream.range(0, 1_000).filter(StatusCodes::isFinal))
                .hasSize(400)
                .startsWith(200)
                .endsWith(599);
    }

    @Test
    @DisplayName("RFC 9111 §5.2.2.3: a cache understands registered statuses, and all heuristically cacheable ones")
    void understood_are_final_and_known() {
        assertThat(IntStream.range(0, 1_000).filter(StatusCodes::understood))
                .allMatch(StatusCodes::isFinal)
                .doesNotContain(299, 306, 399, 418, 499, 599);
        assertThat(IntStream.range(0, 1_000).filter(StatusCodes::heuristicallyCacheable))
                .allMatch(StatusCodes::understood);
        assertThat(List.of(200, 302, 307, 403, 429, 500, 503)).allMatch(StatusCodes::understood);
    }
}
