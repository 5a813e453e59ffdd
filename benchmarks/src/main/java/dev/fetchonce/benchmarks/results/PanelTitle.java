package dev.fetchonce.benchmarks.results;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.annotations.AbstractXYAnnotation;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;

/** The title of a panel, in its upper left corner. */
final class PanelTitle extends AbstractXYAnnotation {
    private static final long serialVersionUID = 1;

    private final String text;

    PanelTitle(String text) {
        this.text = text;
    }

    @Override
    public void draw(
            Graphics2D graphics,
            XYPlot plot,
            Rectangle2D area,
            ValueAxis domain,
            ValueAxis range,
            int renderer,
            PlotRenderingInfo info) {
        graphics.setFont(Look.font(Font.BOLD, 11));
        graphics.setPaint(Look.INK);
        graphics.drawString(text, (float) area.getX() + 6, (float) area.getY() + 14);
    }
}
