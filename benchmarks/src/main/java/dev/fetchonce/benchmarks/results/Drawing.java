package dev.fetchonce.benchmarks.results;

import java.awt.Font;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.ViewBox;

/** The drawing of a plot under its two titles, as SVG. The same plot gives the same bytes on all machines with the same fonts. */
final class Drawing {
    static {
        System.setProperty("java.awt.headless", "true");
    }

    private Drawing() {}

    /** Returns a plot under its titles, on the ground of all plots. */
    static JFreeChart chart(Plot plot, String title, String subtitle) {
        var chart = new JFreeChart(null, Look.font(Font.PLAIN, 12), plot, false);
        chart.setBackgroundPaint(Look.PAPER);
        chart.setPadding(new RectangleInsets(10, 12, 8, 14));
        chart.addSubtitle(0, title(title, Look.font(Font.BOLD, 15), 0));
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

    /** Returns the drawing of a chart, with its size in pixels. */
    static String svg(JFreeChart chart, int width, int height) {
        var svg = new SVGGraphics2D(width, height);
        svg.setFontFunction(family -> Look.FAMILIES);
        svg.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        svg.setGeomDoubleConverter(Look::coordinate);
        svg.setTransformDoubleConverter(Look::coordinate);
        chart.draw(svg, new Rectangle2D.Double(0, 0, width, height));
        return slim(svg.getSVGElement(null, true, new ViewBox(0, 0, width, height), null, null)) + "\n";
    }
}
