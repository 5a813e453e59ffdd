package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.results.Figure;

/** One number, and what it says. */
record Measured(Figure figure, double value) {}
