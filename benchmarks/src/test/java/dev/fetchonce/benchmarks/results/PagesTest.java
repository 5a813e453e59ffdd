package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagesTest {
    private static final Map<String, String> PARTS = Map.of("a", "first\n", "b", "cost $1 \\2\n");

    @Test
    void prose_stays_and_parts_are_replaced() {
        String page = "# One\r\n<!-- bench:a -->old<!-- /bench:a -->\n two \n<!-- bench:b -->\n<!-- /bench:b --> end";
        assertThat(Pages.filled("page", page, PARTS))
                .isEqualTo("# One\r\n<!-- bench:a -->\n\nfirst\n\n<!-- /bench:a -->\n two \n"
                        + "<!-- bench:b -->\n\ncost $1 \\2\n\n<!-- /bench:b --> end");
    }

    @Test
    void filled_twice_it_is_the_same() {
        String page = "x <!-- bench:a --><!-- /bench:a --> y <!-- bench:b --><!-- /bench:b --> z\n";
        String once = Pages.filled("page", page, PARTS);
        assertThat(Pages.filled("page", once, PARTS)).isEqualTo(once);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<a></a>             | no marker for b",
                "nothing             | no marker for a, b",
                "<a></a><b></b><a></a> | bench:a is there twice",
                "<a></a><b>          | bench:b is not closed",
                "<a><b></b></a>      | bench:b within bench:a, which is not closed",
                "<a></b><b></a>      | bench:a is closed by bench:b",
                "<a></a></a><b></b>  | bench:a is closed without being open",
                "<a></a><b></b><c></c> | there is no part called c",
            })
    void wrong_markers_are_refused(String sketch, String why) {
        String page = sketch.replaceAll("<(/?)(.)>", "<!-- $1bench:$2 -->");
        assertThatThrownBy(() -> Pages.filled("docs/page.md", page, PARTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("docs/page.md: " + why);
    }
}
