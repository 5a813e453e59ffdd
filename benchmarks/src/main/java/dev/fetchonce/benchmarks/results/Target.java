package dev.fetchonce.benchmarks.results;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A target of the library.
 *
 * @param statement the target in words
 * @param bound the bound of the quantity
 * @param checks the quantities by load; all must keep to the bound
 * @param remains the distance that remains when the target is missed, and its reason
 */
record Target(String statement, Bound bound, List<Check> checks, String remains) {
    /** Copies the list. */
    Target {
        checks = List.copyOf(checks);
    }

    /**
     * The bound of a quantity.
     *
     * @param unit the unit of the number, such as {@code ×}
     */
    record Bound(Side side, double number, String unit) {
        boolean keeps(double measured) {
            return switch (side) {
                case AT_MOST -> measured <= number;
                case AT_LEAST -> measured >= number;
                case ABOVE -> measured > number;
            };
        }

        String words() {
            return side.words + " " + Digits.exact().format(number) + " " + unit;
        }
    }

    /** The side of a number on which a quantity must lie. */
    enum Side {
        /** The number or less. */
        AT_MOST("at most"),
        /** The number or more. */
        AT_LEAST("at least"),
        /** More than the number. */
        ABOVE("above");

        private final String words;

        Side(String words) {
            this.words = words;
        }
    }

    /** A quantity under some load. */
    record Check(String load, Quantity quantity) {}

    /** The verdict on a target. */
    enum Verdict {
        /** The target is met under all loads. */
        MET("✔ met"),
        /** The target is missed under one load at least. */
        MISSED("✘ missed"),
        /** The target is not missed, and was not measured under one load at least. */
        NOT_MEASURED("not measured");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Judges a run. */
    Verdict verdict(Medians medians) {
        List<Optional<Quantity.Reading>> readings =
                checks.stream().map(check -> check.quantity().read(medians)).toList();
        if (readings.stream().flatMap(Optional::stream).anyMatch(reading -> !bound.keeps(reading.number()))) {
            return Verdict.MISSED;
        }
        return readings.isEmpty() || readings.stream().anyMatch(Optional::isEmpty) ? Verdict.NOT_MEASURED : Verdict.MET;
    }

    /**
     * Returns the numbers under each load. If a number was compared with the best of several contenders, it names this
     * contender.
     */
    String measured(Medians medians) {
        if (checks.isEmpty()) {
            return "–";
        }
        return checks.stream()
                .map(check -> check.load() + ": "
                        + check.quantity().read(medians).map(this::words).orElse("–"))
                .collect(Collectors.joining("<br>"));
    }

    private String words(Quantity.Reading reading) {
        String number = Digits.of(reading.number()) + " " + bound.unit();
        return reading.chosen().isEmpty() ? number : number + " " + reading.chosen();
    }
}
