package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.results.Figure;

/** A number and its figure. */
record Measured(Figure figure, double value) {}
