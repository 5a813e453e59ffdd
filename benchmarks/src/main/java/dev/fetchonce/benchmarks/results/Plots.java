package dev.fetchonce.benchmarks.results;

import java.awt.Font;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.CombinedDomainCategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.ViewBox;

/**
 * A plot of one metric of one scenario, as SVG. It has a row for each contender and a panel for each load, and all
 * panels have one scale. One run gives the same bytes on all machines with the same fonts.
 */
final class Plots {
    private static final int WIDTH = 900;
    private static final int NAMES = 165;
    private static final int PANEL = 330;
    private static final int ROW = 22;
    private static final int BESIDES_ROWS = 108;

    static {
        System.setProperty("java.awt.headless", "true");
    }

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
        return draw(chart(plot, scenario, subtitle(metric, scale)), width, height);
    }

    private static String subtitle(Metric metric, Scale scale) {
        return metric.title() + "; " + metric.better().words() + (scale.logarithmic() ? "; logarithmic scale" : "");
    }

    private static JFreeChart chart(CombinedDomainCategoryPlot plot, String scenario, String subtitle) {
        var chart = new JFreeChart(null, Look.font(Font.PLAIN, 12), plot, false);
        chart.setBackgroundPaint(Look.PAPER);
        chart.setPadding(new RectangleInsets(10, 12, 8, 14));
        chart.addSubtitle(0, title(scenario, Look.font(Font.BOLD, 15), 0));
        chart.addSubtitle(1, title(subtitle, Look.font(Font.PLAIN, 12), 8));
        return chart;
    }

    private static TextTitle title(String text, Font font, double below) {
        var title = new TextTitle(Character.toUpperCase(text.charAt(0)) + text.substring(1), font);
        title.setPaint(Look.INK);
        title.setHorizontalAlignment(HorizontalAlignment.LEFT);
        title.setTextAlignment(HorizontalAlignment.LEFT);
        title.setPadding(0, 0, below, 0);
        return title;
    }

    /**
     * Removes the clips, and names the fonts once. The plot draws nothing outside of its clips, and the names of clips
     * differ from run to run.
     */
    private static String slim(String svg) {
        return svg.replaceAll(" clip-path='[^']*'", "")
                .replaceAll("<defs>.*?</defs>", "")
                .replace(" fill-opacity: 1.0;", "")
                .replace(" font-family: " + Look.FAMILIES + ";", "")
                .replace("<svg ", "<svg font-family='" + Look.FAMILIES + "' ")
                .replace("><", ">\n<");
    }

    private static String draw(JFreeChart chart, int width, int height) {
        var svg = new SVGGraphics2D(width, height);
        svg.setFontFunction(family -> Look.FAMILIES);
        svg.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        svg.setGeomDoubleConverter(Look::coordinate);
        svg.setTransformDoubleConverter(Look::coordinate);
        chart.draw(svg, new Rectangle2D.Double(0, 0, width, height));
        return slim(svg.getSVGElement(null, true, new ViewBox(0, 0, width, height), null, null)) + "\n";
    }
}
