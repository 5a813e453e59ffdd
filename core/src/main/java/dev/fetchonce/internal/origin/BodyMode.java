package dev.fetchonce.internal.origin;

/** What is done with a body, decided when the head of its response has come. */
public enum BodyMode {
    /** Refused unread, as its head is, which closes its connection. */
    REFUSE,

    /** Gathered; one that is longer than the limit is refused, which closes its connection. */
    REFUSE_LONGER,

    /** Gathered; one that is longer than the limit is handed on live, with what had been gathered. */
    STREAM_LONGER,

    /** Handed on live, without a byte gathered. */
    STREAM
}
