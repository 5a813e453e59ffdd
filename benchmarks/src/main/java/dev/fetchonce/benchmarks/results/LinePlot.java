package dev.fetchonce.benchmarks.results;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.CombinedRangeXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * A plot of lines, as SVG: panels side by side, with one vertical scale and one legend. It has the look of {@link Plots}.
 *
 * @param vertical the scale of all panels
 * @param panels the panels, from left to right
 */
public record LinePlot(String title, String subtitle, Axis vertical, List<Panel> panels) {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 340;
    private static final double DOT = 4.5;

    /** Copies the list. */
    public LinePlot {
        panels = List.copyOf(panels);
    }

    /**
     * An axis.
     *
     * @param logarithmic whether equal steps are equal factors
     * @param ticks the numbers that are shown; on a linear axis an even row
     */
    public record Axis(String label, double from, double to, boolean logarithmic, List<Double> ticks) {
        /** Copies the list. */
        public Axis {
            ticks = List.copyOf(ticks);
        }

        private ValueAxis drawn() {
            ValueAxis axis = logarithmic ? new LogTicksAxis(label, ticks) : linear();
            axis.setRange(from, to);
            Look.plain(axis, Font.PLAIN);
            return axis;
        }

        private ValueAxis linear() {
            var axis = new NumberAxis(label);
            axis.setTickUnit(new NumberTickUnit(ticks.get(1) - ticks.get(0), Digits.exact()));
            return axis;
        }
    }

    /**
     * A panel.
     *
     * @param title the title above the panel; empty for a plot with one panel
     */
    public record Panel(String title, Axis horizontal, List<Line> lines) {
        /** Copies the list. */
        public Panel {
            lines = List.copyOf(lines);
        }
    }

    /** The style of a line. */
    public enum Style {
        /** A line with a dot at each point. */
        DOTTED,
        /** A line without dots. */
        PLAIN,
        /** A grey broken line, for a bound. */
        BOUND
    }

    /**
     * A line.
     *
     * @param name the name in the legend; lines of several panels with one name have one place there
     * @param colour the number of its colour; a bound is grey
     * @param points the points, from left to right; each finite and within the scales
     */
    public record Line(String name, int colour, Style style, List<Point> points) {
        /** Copies the list. */
        public Line {
            points = List.copyOf(points);
        }

        private Color paint() {
            return style == Style.BOUND ? Look.FAINT : Look.line(colour);
        }

        private Stroke stroke() {
            return switch (style) {
                case DOTTED, PLAIN -> new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
                case BOUND ->
                    new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {2, 3}, 0);
            };
        }

        private boolean dots() {
            return style == Style.DOTTED;
        }

        private XYSeries series() {
            var series = new XYSeries(name, false, true);
            points.forEach(point -> series.add(point.x(), point.y()));
            return series;
        }
    }

    /** A point, by the numbers on the two axes. */
    public record Point(double x, double y) {}

    /** Draws the plot. The same plot gives the same bytes on all machines with the same fonts. */
    public String svg() {
        var all = new CombinedRangeXYPlot(vertical.drawn());
        all.setGap(18);
        Look.bare(all);
        panels.forEach(panel -> all.add(drawn(panel)));
        all.setFixedLegendItems(new LegendItemCollection());
        JFreeChart chart = Drawing.chart(all, title, subtitle);
        chart.addSubtitle(legend());
        return Drawing.svg(chart, WIDTH, HEIGHT);
    }

    private static XYPlot drawn(Panel panel) {
        var lines = new XYSeriesCollection();
        var renderer = new XYLineAndShapeRenderer(true, true);
        renderer.setDrawSeriesLineAsPath(true);
        for (Line line : panel.lines()) {
            int number = lines.getSeriesCount();
            lines.addSeries(line.series());
            renderer.setSeriesPaint(number, line.paint());
            renderer.setSeriesStroke(number, line.stroke());
            renderer.setSeriesShape(number, new Ellipse2D.Double(-DOT / 2, -DOT / 2, DOT, DOT));
            renderer.setSeriesShapesVisible(number, line.dots());
        }
        ValueAxis horizontal = panel.horizontal().drawn();
        var plot = new XYPlot(lines, horizontal, null, renderer);
        Look.bare(plot);
        if (!panel.title().isEmpty()) {
            plot.addAnnotation(new PanelTitle(panel.title()));
        }
        return plot;
    }

    private LegendTitle legend() {
        Map<String, Line> named = new LinkedHashMap<>();
        panels.stream().flatMap(panel -> panel.lines().stream()).forEach(line -> named.putIfAbsent(line.name(), line));
        var items = new LegendItemCollection();
        named.values().forEach(line -> items.add(item(line)));
        var legend = new LegendTitle(() -> items);
        legend.setPosition(RectangleEdge.BOTTOM);
        legend.setHorizontalAlignment(HorizontalAlignment.LEFT);
        legend.setFrame(BlockBorder.NONE);
        legend.setItemFont(Look.font(Font.PLAIN, 11));
        legend.setItemPaint(Look.INK);
        legend.setBackgroundPaint(null);
        return legend;
    }

    private static LegendItem item(Line line) {
        return new LegendItem(
                line.name(),
                null,
                null,
                null,
                line.dots(),
                new Ellipse2D.Double(-DOT / 2, -DOT / 2, DOT, DOT),
                true,
                line.paint(),
                false,
                line.paint(),
                new BasicStroke(1),
                true,
                new Line2D.Double(-12, 0, 12, 0),
                line.stroke(),
                line.paint());
    }
}
