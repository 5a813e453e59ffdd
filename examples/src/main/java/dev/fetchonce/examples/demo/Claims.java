package dev.fetchonce.examples.demo;

/** Counts what the demo claims, and what of it was not measured so. Not thread-safe. */
final class Claims {
    private final Screen screen;
    private int held;
    private int broken;

    Claims(Screen screen) {
        this.screen = screen;
    }

    /**
     * Shows what was measured, and says so when it is not what was claimed.
     *
     * @param measured made of the measured numbers, so that it is true either way
     * @param holds whether it is what it should be
     * @param claim what it should be
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

    /** Whether these are one object, not only equal ones: shared, and not decoded twice. */
    @SuppressWarnings("ReferenceEquality") // which is the question
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
