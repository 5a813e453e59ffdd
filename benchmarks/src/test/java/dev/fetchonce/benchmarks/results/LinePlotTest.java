package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.benchmarks.results.LinePlot.Axis;
import dev.fetchonce.benchmarks.results.LinePlot.Line;
import dev.fetchonce.benchmarks.results.LinePlot.Panel;
import dev.fetchonce.benchmarks.results.LinePlot.Point;
import dev.fetchonce.benchmarks.results.LinePlot.Style;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinePlotTest {
    private static final Axis SECONDS = new Axis("seconds", 0.1, 100, true, List.of(0.1, 1.0, 10.0, 100.0));
    private static final Axis URLS = new Axis("URLs", 0, 40, false, List.of(0.0, 20.0));

    private static LinePlot plot() {
        Line fast = new Line("fast", 0, Style.DOTTED, List.of(new Point(0, 0.2), new Point(40, 1)));
        Line slow = new Line("slow", 1, Style.PLAIN, List.of(new Point(0, 2), new Point(40, 50)));
        Line bound = new Line("bound", 0, Style.BOUND, List.of(new Point(0, 60), new Point(40, 60)));
        return new LinePlot(
                "waits",
                "over the URLs",
                SECONDS,
                List.of(
                        new Panel("one user", URLS, List.of(fast, bound)),
                        new Panel("two users", URLS, List.of(slow, bound))));
    }

    @Test
    void a_plot_has_its_titles_and_numbers_and_one_legend_for_all_panels() {
        assertThat(plot().svg())
                .startsWith("<svg ")
                .contains(">Waits<", ">Over the URLs<", ">one user<", ">two users<")
                .contains(">0.1<", ">10<", ">100<", ">20<", ">40<")
                .containsOnlyOnce(">fast<")
                .containsOnlyOnce(">slow<")
                .containsOnlyOnce(">bound<");
    }

    @Test
    void the_same_plot_gives_the_same_bytes() {
        assertThat(plot().svg()).isEqualTo(plot().svg()).doesNotContain("clip", "NaN", "Infinity");
    }
}
