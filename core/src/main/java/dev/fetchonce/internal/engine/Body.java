package dev.fetchonce.internal.engine;

/** The body of a response as it was taken. */
sealed interface Body {
    /**
     * All of it.
     *
     * @param bytes what came; they are the receiver's own
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, and compared by nobody
    record Whole(byte[] bytes) implements Body {}

    /** What came first, and the way to the rest. */
    record Rest(LiveBody live) implements Body {}

    /** None of it yet: it is gathered, and may be read meanwhile. */
    record Growing(GrowingBody body) implements Body {}
}
