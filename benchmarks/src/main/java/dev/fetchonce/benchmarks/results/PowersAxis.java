package dev.fetchonce.benchmarks.results;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.IntStream;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.axis.ValueTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** A logarithmic axis above a panel. Its numbers stay text. The parent class would draw them as outlines. */
final class PowersAxis extends LogAxis {
    private static final long serialVersionUID = 1;

    /** The number of powers of ten between two ticks. */
    private final int step;

    PowersAxis(String label, int step) {
        super(label);
        this.step = step;
    }

    @Override
    public List<ValueTick> refreshTicks(Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
        int first = (int) Math.round(Math.log10(getLowerBound()));
        int last = (int) Math.floor(Math.log10(getUpperBound()));
        return IntStream.rangeClosed(0, (last - first) / step)
                .mapToObj(i -> tick(Math.pow(10, first + i * step)))
                .toList();
    }

    private static ValueTick tick(double number) {
        String text = Digits.exact().format(number);
        return new NumberTick(TickType.MAJOR, number, text, TextAnchor.BOTTOM_CENTER, TextAnchor.CENTER, 0);
    }
}
