package dev.fetchonce.benchmarks.results;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the library is meant to achieve.
 *
 * @param statement in words
 * @param bound of what is looked at
 * @param checks what is looked at, by load; all must keep to the bound
 * @param remains where it is missed: what remains, and why
 */
record Target(String statement, Bound bound, List<Check> checks, String remains) {
    /** Kept as they are now. */
    Target {
        checks = List.copyOf(checks);
    }

    /**
     * What a quantity may be.
     *
     * @param unit of it, such as {@code ×}
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

    /** On which side of a number. */
    enum Side {
        /** That or less. */
        AT_MOST("at most"),
        /** That or more. */
        AT_LEAST("at least"),
        /** More. */
        ABOVE("above");

        private final String words;

        Side(String words) {
            this.words = words;
        }
    }

    /** A quantity under some load. */
    record Check(String load, Quantity quantity) {}

    /** What became of it. */
    enum Verdict {
        /** Under all loads. */
        MET("✔ met"),
        /** Under one load at least. */
        MISSED("✘ missed"),
        /** Under one load at least, and missed under none. */
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

    /** What was measured under each load, and whom it was held against where that was the best of several. */
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
