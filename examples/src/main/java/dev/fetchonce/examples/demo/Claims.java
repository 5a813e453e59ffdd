package dev.fetchonce.examples.demo;

/** The claims of the demo, counted by whether their measurements confirm them. Not thread-safe. */
final class Claims {
    private final Screen screen;
    private int held;
    private int broken;

    Claims(Screen screen) {
        this.screen = screen;
    }

    /**
     * Shows a measurement, and marks it as failed when the claim does not hold.
     *
     * @param holds whether the claim holds
     * @param measured a sentence with the measured numbers, true in either case
     * @param claim the claim, shown when it does not hold
     */
    void check(boolean holds, String measured, String claim) {
        if (holds) {
            held++;
            screen.holds(measured);
        } else {
            broken++;
            screen.fails(measured + "; it should be: " + claim);
        }
    }

    /** Reports whether both are one object, and not only equal: one shared value, decoded once. */
    @SuppressWarnings("ReferenceEquality") // the method compares references
    static boolean same(Object one, Object other) {
        return one == other;
    }

    int held() {
        return held;
    }

    int broken() {
        return broken;
    }
}
