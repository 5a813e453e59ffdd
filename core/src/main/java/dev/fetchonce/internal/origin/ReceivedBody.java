package dev.fetchonce.internal.origin;

/** The body of a response as it was received. */
sealed interface ReceivedBody {
    /**
     * The whole body.
     *
     * @param bytes the bytes; they belong to the receiver
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, and never compared
    record Whole(byte[] bytes) implements ReceivedBody {}

    /** The first bytes, and the connection with the rest. */
    record Rest(StreamingBody live) implements ReceivedBody {}

    /** A body that is still being gathered, and may be read meanwhile. */
    record Growing(GrowingBody body) implements ReceivedBody {}
}
