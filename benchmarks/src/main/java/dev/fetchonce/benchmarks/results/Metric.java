package dev.fetchonce.benchmarks.results;

/**
 * A metric, its unit, and its better direction.
 *
 * @param name the name, such as {@code requests a second}
 * @param unit the unit, such as {@code 1/s}; empty for a plain count
 * @param better which of two numbers is the better one
 * @param negligible numbers below this come from the instrument and count as zero
 */
public record Metric(String name, String unit, Better better, double negligible) {
    /** The rule that says which of two numbers is the better one. */
    public enum Better {
        /** The smaller one. */
        LOWER,
        /** The larger one. */
        HIGHER;

        /** Returns how many times as good a number is as another; above 1 it is the better one. */
        double advantage(double number, double other) {
            return switch (this) {
                case LOWER -> other / number;
                case HIGHER -> number / other;
            };
        }

        /** Returns the words for the caption of a table. */
        String words() {
            return switch (this) {
                case LOWER -> "lower is better";
                case HIGHER -> "higher is better";
            };
        }
    }

    /** Makes a metric of which every number counts. */
    static Metric of(String name, String unit, Better better) {
        return new Metric(name, unit, better, 0);
    }

    /** Returns the meaning of one number of this metric. */
    public Figure figure(String scenario, String contender, String load) {
        return new Figure(scenario, contender, load, name, unit);
    }

    /** Returns the number, or zero where it is negligible. */
    double rounded(double number) {
        return Math.abs(number) < negligible ? 0 : number;
    }

    /** Returns the number as text. A count has all its digits, and another number has three. */
    String text(double number) {
        double rounded = rounded(number);
        return unit.isEmpty() && rounded == Math.rint(rounded) ? Digits.exact().format(rounded) : Digits.of(rounded);
    }

    /** Returns the name, and the unit if there is one. */
    String title() {
        return unit.isEmpty() ? name : name + ", " + unit;
    }
}
