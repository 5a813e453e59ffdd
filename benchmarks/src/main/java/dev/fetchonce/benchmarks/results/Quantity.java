package dev.fetchonce.benchmarks.results;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A quantity of a target, made of medians. */
sealed interface Quantity {
    /** Returns its reading in a run; empty when a figure that it needs was not measured. */
    Optional<Reading> read(Medians medians);

    /**
     * A number and its source.
     *
     * @param chosen the contender that was the best of several; empty where there was no choice
     */
    record Reading(double number, String chosen) {}

    /** The median of one figure. */
    record Median(Metric metric, Figure figure) implements Quantity {
        @Override
        public Optional<Reading> read(Medians medians) {
            return medians.of(figure).stream()
                    .mapToObj(number -> new Reading(metric.rounded(number), ""))
                    .findFirst();
        }
    }

    /** The best of several contenders, among those that were measured. */
    record Best(Metric metric, List<Figure> figures) implements Quantity {
        /** Copies the lists. */
        public Best {
            figures = List.copyOf(figures);
        }

        @Override
        public Optional<Reading> read(Medians medians) {
            return figures.stream()
                    .flatMap(figure -> medians.of(figure).stream()
                            .mapToObj(number -> new Reading(metric.rounded(number), figure.contender())))
                    .reduce((one, other) -> better(other.number(), one.number()) ? other : one)
                    .map(best -> new Reading(best.number(), best.chosen() + missing(medians)));
        }

        private String missing(Medians medians) {
            String missing = figures.stream()
                    .filter(figure -> medians.of(figure).isEmpty())
                    .map(Figure::contender)
                    .collect(Collectors.joining(", "));
            return missing.isEmpty() ? "" : " (not measured: " + missing + ")";
        }

        private boolean better(double number, double than) {
            return switch (metric.better()) {
                case LOWER -> number < than;
                case HIGHER -> number > than;
            };
        }
    }

    /** The ratio of one quantity to another. */
    record Ratio(Quantity above, Quantity below) implements Quantity {
        @Override
        public Optional<Reading> read(Medians medians) {
            return above.read(medians)
                    .flatMap(one -> below.read(medians)
                            .map(two -> new Reading(one.number() / two.number(), one.chosen() + two.chosen())));
        }
    }

    /** The difference of two quantities. */
    record Excess(Quantity whole, Quantity part) implements Quantity {
        @Override
        public Optional<Reading> read(Medians medians) {
            return whole.read(medians)
                    .flatMap(one -> part.read(medians)
                            .map(two -> new Reading(one.number() - two.number(), one.chosen() + two.chosen())));
        }
    }
}
