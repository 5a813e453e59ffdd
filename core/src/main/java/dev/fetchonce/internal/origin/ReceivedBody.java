package dev.fetchonce.internal.origin;

/** The body of a response as it was taken. */
sealed interface ReceivedBody {
    /**
     * All of it.
     *
     * @param bytes what came; they are the receiver's own
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, and compared by nobody
    record Whole(byte[] bytes) implements ReceivedBody {}

    /** What came first, and the way to the rest. */
    record Rest(StreamingBody live) implements ReceivedBody {}

    /** None of it yet: it is gathered, and may be read meanwhile. */
    record Growing(GrowingBody body) implements ReceivedBody {}
}
