package dev.fetchonce.internal.origin;

/** The treatment of a body, chosen when the head of its response has come. */
public enum BodyMode {
    /** The body is refused unread, together with its head; this closes its connection. */
    REFUSE,

    /** The body is gathered. A body longer than the limit is refused, which closes its connection. */
    REFUSE_LONGER,

    /** The body is gathered. A body longer than the limit is handed on live, together with the gathered bytes. */
    STREAM_LONGER,

    /** The body is handed on live; not a byte is gathered. */
    STREAM
}
