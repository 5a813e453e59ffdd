package dev.fetchonce.benchmarks.soak;

/** The way in which the origin answers the requests for one URL for a while. */
enum Mood {
    /** Answers at once. */
    WELL(64),

    /** Answers, but late. */
    SLOW(8),

    /** Answers 503. */
    UNAVAILABLE(6),

    /** Answers 503 with {@code Retry-After}. */
    BUSY(4),

    /** Answers 404. */
    GONE(2),

    /** Reads the request and sends nothing. */
    HANGS(4),

    /** Resets the connection before the first byte of an answer. */
    RESETS(3),

    /** Sends the answer in pieces, which may take longer than any caller waits. */
    DRIPS(4),

    /** Sends a part of the answer and ends the connection. */
    TRUNCATES(3),

    /** Draws another mood for each request. */
    FLAPS(2);

    private static final int ALL_PARTS = 100;

    private final int parts;

    Mood(int parts) {
        this.parts = parts;
    }

    /** Returns the mood for a number drawn from 0 to 1. Each mood has its part in a hundred. */
    static Mood of(double u) {
        double left = u * ALL_PARTS;
        for (Mood mood : values()) {
            left -= mood.parts;
            if (left < 0) {
                return mood;
            }
        }
        return WELL;
    }
}
