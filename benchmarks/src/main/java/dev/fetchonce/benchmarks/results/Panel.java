package dev.fetchonce.benchmarks.results;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Paint;
import java.util.List;
import java.util.OptionalDouble;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.labels.CategoryItemLabelGenerator;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;

/** A panel: the bars of one load, each with its number. */
final class Panel {
    private Panel() {}

    static CategoryPlot of(
            Medians medians, String scenario, Metric metric, String load, List<String> contenders, Scale scale) {
        var ends = new DefaultCategoryDataset();
        var numbers = new DefaultCategoryDataset();
        for (String contender : contenders) {
            OptionalDouble median = medians.of(metric.figure(scenario, contender, load));
            if (median.isPresent()) {
                double number = metric.rounded(median.getAsDouble());
                ends.addValue(scale.end(number), load, contender);
                numbers.addValue(number, load, contender);
            } else {
                ends.addValue(null, load, contender);
            }
        }
        var plot = new CategoryPlot(ends, null, scale.axis(load), new Bars(metric, numbers, scale.from()));
        plot.setRangeAxisLocation(AxisLocation.TOP_OR_LEFT);
        plot.setRangeGridlinePaint(Look.GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        Look.bare(plot);
        return plot;
    }

    /** The bars, coloured by contender. */
    private static final class Bars extends BarRenderer {
        private static final long serialVersionUID = 1;

        Bars(Metric metric, CategoryDataset numbers, double from) {
            setBase(from);
            setIncludeBaseInRange(false);
            setShadowVisible(false);
            setDrawBarOutline(false);
            setBarPainter(new StandardBarPainter());
            setDefaultItemLabelsVisible(true);
            setDefaultItemLabelGenerator(new Numbers(metric, numbers));
            setDefaultItemLabelPaint(Look.INK);
            setDefaultPositiveItemLabelPosition(
                    new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        }

        @Override
        public Paint getItemPaint(int row, int column) {
            return Look.colour(contender(column));
        }

        @Override
        public Font getItemLabelFont(int row, int column) {
            return Look.font(Names.ours(contender(column)) ? Font.BOLD : Font.PLAIN, 10);
        }

        private String contender(int column) {
            return getPlot().getDataset().getColumnKey(column).toString();
        }
    }

    /** The labels of the bars. They show the measured numbers, even where a bar ends elsewhere. */
    private record Numbers(Metric metric, CategoryDataset numbers) implements CategoryItemLabelGenerator {
        @Override
        public String generateRowLabel(CategoryDataset ends, int row) {
            return ends.getRowKey(row).toString();
        }

        @Override
        public String generateColumnLabel(CategoryDataset ends, int column) {
            return ends.getColumnKey(column).toString();
        }

        @Override
        public String generateLabel(CategoryDataset ends, int row, int column) {
            return metric.text(numbers.getValue(ends.getRowKey(row), ends.getColumnKey(column))
                    .doubleValue());
        }
    }
}
