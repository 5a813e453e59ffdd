package dev.fetchonce.benchmarks.results;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;

/** The colours and letters of the plots. Their ground is white on any page. */
final class Look {
    static final Color PAPER = Color.WHITE;
    static final Color INK = new Color(0x22, 0x22, 0x22);
    static final Color FAINT = new Color(0x77, 0x77, 0x77);
    static final Color GRID = new Color(0xe4, 0xe4, 0xe4);

    /** The fonts. They are equally wide, so a text measured in one fits where another is shown. */
    static final String FAMILIES = "DejaVu Sans, Verdana, Geneva, sans-serif";

    private static final Color OURS = new Color(0xd9, 0x48, 0x01);
    private static final Color ASYNC = new Color(0x1f, 0x78, 0xb4);
    private static final Color OTHERS = new Color(0xbd, 0xbd, 0xbd);

    /** The colours of lines, which differ for colour-blind readers as well. */
    private static final List<Color> LINES =
            List.of(OURS, ASYNC, new Color(0x4d, 0xaf, 0x4a), new Color(0x7b, 0x3f, 0x9e), new Color(0xa6, 0x76, 0x1d));

    private Look() {}

    /** Returns the colour of a line by its number on the plot; the sixth line has the colour of the first. */
    static Color line(int number) {
        return LINES.get(number % LINES.size());
    }

    /** Returns the colour of a contender's bars. */
    static Color colour(String contender) {
        if (Names.ours(contender)) {
            return OURS;
        }
        return contender.equals(Names.ASYNC) ? ASYNC : OTHERS;
    }

    /** Returns the font of a style, such as {@link Font#BOLD}, and a size in pixels. */
    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /** Returns a coordinate as text. A tenth of a pixel is exact enough. */
    static String coordinate(double number) {
        return BigDecimal.valueOf(number)
                .setScale(1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Returns the axis with the names of the contenders. */
    static CategoryAxis names(List<String> contenders) {
        var axis = new CategoryAxis();
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
        axis.setLowerMargin(0.01);
        axis.setUpperMargin(0.01);
        axis.setCategoryMargin(0.28);
        axis.setMaximumCategoryLabelWidthRatio(1f);
        axis.setCategoryLabelPositions(CategoryLabelPositions.STANDARD);
        axis.setTickLabelFont(font(Font.PLAIN, 11));
        axis.setTickLabelPaint(INK);
        for (String contender : contenders) {
            if (Names.ours(contender)) {
                axis.setTickLabelFont(contender, font(Font.BOLD, 11));
            }
        }
        return axis;
    }

    /** Removes the frame and the ground of a plot. */
    static void bare(CategoryPlot plot) {
        bare((Plot) plot);
        plot.setDomainGridlinesVisible(false);
    }

    /** Removes the frame and the ground of a plot with two scales, and makes its grid faint. */
    static void bare(XYPlot plot) {
        bare((Plot) plot);
        plot.setDomainGridlinePaint(GRID);
        plot.setDomainGridlineStroke(new BasicStroke(1));
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1));
    }

    private static void bare(Plot plot) {
        plot.setOutlineVisible(false);
        plot.setBackgroundPaint(null);
    }

    /** Leaves only the numbers and the label of an axis. */
    static void plain(ValueAxis axis, int labelStyle) {
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
        axis.setLabelFont(font(labelStyle, 11));
        axis.setLabelPaint(INK);
        axis.setTickLabelFont(font(Font.PLAIN, 10));
        axis.setTickLabelPaint(FAINT);
    }
}
