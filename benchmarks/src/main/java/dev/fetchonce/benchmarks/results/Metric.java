package dev.fetchonce.benchmarks.results;

/**
 * What is looked at, in which unit, and which end of it is the good one.
 *
 * @param name such as {@code requests a second}
 * @param unit such as {@code 1/s}; empty for a plain count
 * @param better which of two numbers is the better one
 * @param negligible numbers below this are the instrument's, and count as zero
 */
public record Metric(String name, String unit, Better better, double negligible) {
    /** Which of two numbers is the better one. */
    public enum Better {
        /** The smaller one. */
        LOWER,
        /** The larger one. */
        HIGHER;

        /** How many times as good a number is as another: above 1 it is the better one. */
        double advantage(double number, double other) {
            return switch (this) {
                case LOWER -> other / number;
                case HIGHER -> number / other;
            };
        }

        /** As said above a table. */
        String words() {
            return switch (this) {
                case LOWER -> "lower is better";
                case HIGHER -> "higher is better";
            };
        }
    }

    /** One of which every number counts. */
    static Metric of(String name, String unit, Better better) {
        return new Metric(name, unit, better, 0);
    }

    /** What one number of it says. */
    public Figure figure(String scenario, String contender, String load) {
        return new Figure(scenario, contender, load, name, unit);
    }

    /** That number, or zero where it is negligible. */
    double rounded(double number) {
        return Math.abs(number) < negligible ? 0 : number;
    }

    /** The number as it is shown: a count to the last one, all else with three digits. */
    String text(double number) {
        double rounded = rounded(number);
        return unit.isEmpty() && rounded == Math.rint(rounded) ? Digits.exact().format(rounded) : Digits.of(rounded);
    }

    /** The name, and the unit where there is one. */
    String title() {
        return unit.isEmpty() ? name : name + ", " + unit;
    }
}
