package dev.fetchonce.benchmarks.soak;

/** An action of a caller. */
enum Act {
    /** Gets a frozen tree. */
    TREE(360),

    /** Gets a record. */
    TYPED(340),

    /** Fetches the response, and takes the text of its body. */
    FETCH(130),

    /** Fetches with hardly any patience. */
    IMPATIENT(70),

    /** Is interrupted while it fetches. */
    INTERRUPTED(30),

    /** Refreshes the response from the origin. */
    REFRESH(10),

    /** Looks at the stored response. */
    PEEK(59),

    /** Publishes a new version and invalidates the old ones. */
    INVALIDATE(1);

    private static final int ALL_PARTS = 1_000;

    private final int parts;

    Act(int parts) {
        this.parts = parts;
    }

    /** Returns the act for a number drawn from 0 to 1. Each act has its part in a thousand. */
    static Act of(double u) {
        double left = u * ALL_PARTS;
        for (Act act : values()) {
            left -= act.parts;
            if (left < 0) {
                return act;
            }
        }
        return TREE;
    }
}
