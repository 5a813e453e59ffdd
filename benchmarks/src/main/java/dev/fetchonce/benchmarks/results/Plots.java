package dev.fetchonce.benchmarks.results;

import java.util.List;
import org.jfree.chart.plot.CombinedDomainCategoryPlot;
import org.jfree.chart.plot.PlotOrientation;

/**
 * A plot of one metric of one scenario, as SVG. It has a row for each contender and a panel for each load, and all
 * panels have one scale.
 */
final class Plots {
    private static final int WIDTH = 900;
    private static final int NAMES = 165;
    private static final int PANEL = 330;
    private static final int ROW = 22;
    private static final int BESIDES_ROWS = 108;

    private Plots() {}

    /**
     * Draws a plot.
     *
     * @throws IllegalArgumentException when no number of it was measured
     */
    static String svg(Results results, String scenario, Metric metric) {
        Medians medians = new Medians(results);
        List<String> contenders = medians.contenders(scenario, metric);
        List<String> loads = medians.loads(scenario, metric);
        if (contenders.isEmpty()) {
            throw new IllegalArgumentException("not measured: " + scenario + ", " + metric.name());
        }
        int width = Math.min(WIDTH, NAMES + PANEL * loads.size());
        double panel = (width - NAMES) / (double) loads.size();
        var scale = Scale.of(medians, scenario, metric, panel);
        var plot = new CombinedDomainCategoryPlot(Look.names(contenders));
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setGap(14);
        Look.bare(plot);
        for (String load : loads) {
            plot.add(Panel.of(medians, scenario, metric, load, contenders, scale));
        }
        int height = BESIDES_ROWS + ROW * contenders.size();
        return Drawing.svg(Drawing.chart(plot, scenario, subtitle(metric, scale)), width, height);
    }

    private static String subtitle(Metric metric, Scale scale) {
        return metric.title() + "; " + metric.better().words() + (scale.logarithmic() ? "; logarithmic scale" : "");
    }
}
