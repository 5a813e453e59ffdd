package dev.fetchonce.benchmarks.results;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.axis.ValueTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** A logarithmic axis with chosen ticks. Its numbers stay text. The parent class would draw them as outlines. */
final class LogTicksAxis extends LogAxis {
    private static final long serialVersionUID = 1;

    private final transient List<Double> numbers;

    /**
     * Makes an axis.
     *
     * @param numbers the numbers with a tick; only those within the range of the axis are drawn
     */
    LogTicksAxis(String label, List<Double> numbers) {
        super(label);
        this.numbers = List.copyOf(numbers);
    }

    @Override
    public List<ValueTick> refreshTicks(Graphics2D graphics, AxisState state, Rectangle2D area, RectangleEdge edge) {
        return numbers.stream()
                .filter(number -> number >= getLowerBound() && number <= getUpperBound())
                .map(number -> tick(number, edge))
                .toList();
    }

    private static ValueTick tick(double number, RectangleEdge edge) {
        TextAnchor anchor = RectangleEdge.isLeftOrRight(edge)
                ? TextAnchor.CENTER_RIGHT
                : RectangleEdge.TOP.equals(edge) ? TextAnchor.BOTTOM_CENTER : TextAnchor.TOP_CENTER;
        return new NumberTick(TickType.MAJOR, number, Digits.exact().format(number), anchor, TextAnchor.CENTER, 0);
    }
}
