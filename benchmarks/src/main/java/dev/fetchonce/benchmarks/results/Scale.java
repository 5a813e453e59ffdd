package dev.fetchonce.benchmarks.results;

import java.awt.Font;
import java.util.List;
import java.util.stream.IntStream;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;

/**
 * The scale of the bars of all panels. It is logarithmic where a linear scale would hide the short bars.
 *
 * @param from where bars begin
 * @param to the end of the longest bar, with room for its number
 * @param logarithmic whether equal steps are equal factors
 * @param step the step between ticks: a difference, or powers of ten
 */
record Scale(double from, double to, boolean logarithmic, double step) {
    private static final double MOST_LINEAR = 100;
    private static final double NUMBER_WIDTH = 52;
    private static final double TICK_WIDTH = 52;

    /** Returns the scale for all numbers of a metric, for panels so many pixels wide. */
    static Scale of(Medians medians, String scenario, Metric metric, double panel) {
        List<Double> numbers = medians.contenders(scenario, metric).stream()
                .flatMap(contender -> medians.loads(scenario, metric).stream()
                        .map(load -> medians.of(metric.figure(scenario, contender, load)))
                        .flatMap(median -> median.stream().boxed()))
                .map(metric::rounded)
                .filter(number -> number > 0)
                .toList();
        double most = numbers.stream().max(Double::compare).orElse(1.0);
        double least = numbers.stream().min(Double::compare).orElse(1.0);
        double room = 1 / (1 - Math.min(0.6, NUMBER_WIDTH / panel));
        double ticks = Math.max(1, panel / TICK_WIDTH);
        if (most / least <= MOST_LINEAR) {
            return new Scale(0, most * room, false, linearStep(most * room / ticks));
        }
        double lowest = Math.floor(Math.log10(least) - 0.15);
        double decades = (Math.log10(most) - lowest) * room;
        return new Scale(
                Math.pow(10, lowest), Math.pow(10, lowest + decades), true, Math.ceil(Math.max(1, decades / ticks)));
    }

    /** Returns the next of 1, 2, 5, 10, 20 ... */
    private static double linearStep(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        double times = atLeast / power;
        return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    }

    /** Returns where the bar of that number ends. */
    double end(double number) {
        return Math.max(from, number);
    }

    /** Returns an axis of this scale. */
    ValueAxis axis(String label) {
        ValueAxis axis = logarithmic ? new LogTicksAxis(label, powers()) : linear(label);
        axis.setRange(from, to);
        Look.plain(axis, Font.BOLD);
        return axis;
    }

    private List<Double> powers() {
        int first = (int) Math.round(Math.log10(from));
        int last = (int) Math.floor(Math.log10(to));
        return IntStream.rangeClosed(0, (last - first) / (int) step)
                .mapToObj(i -> Math.pow(10, first + i * (int) step))
                .toList();
    }

    private ValueAxis linear(String label) {
        var axis = new NumberAxis(label);
        axis.setTickUnit(new NumberTickUnit(step, Digits.exact()));
        return axis;
    }
}
