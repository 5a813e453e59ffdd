package dev.fetchonce.internal.http;

/** Numbers from 0 to 1. */
final class Chance {
    private Chance() {}

    /** The number itself, or the bound that it lies beyond; 0 for what is no number. */
    static double within(double u) {
        return u >= 0 ? Math.min(u, 1) : 0; // NaN compares as false
    }
}
