package dev.fetchonce.internal.engine;

/** The kind of a caller, and its consequences for the fetch that the caller may start. */
public enum CallerKind {
    /**
     * The API of values and exceptions. The caller wants a whole body, and accepts a stale response in place of one
     * that cannot be had.
     */
    VALUE_API(true, false),

    /**
     * The API of exchanges, as the JDK's client makes them. Every response of the origin is an answer, with any
     * status. A long response is delivered as it arrives, and no backoff stops the request.
     */
    HTTP_CLIENT(false, true),

    /**
     * The API of exchanges, for a caller that backs off. A backoff can stop its request; all else is as with
     * {@link #HTTP_CLIENT}.
     */
    BACKOFF_CLIENT(true, true),

    /** No caller: the flight runs in the background and has no waiters. */
    BACKGROUND(true, false);

    private final boolean backsOff;
    private final boolean exchanges;

    CallerKind(boolean backsOff, boolean exchanges) {
        this.backsOff = backsOff;
        this.exchanges = exchanges;
    }

    /** Returns whether a backoff can stop a request of this kind. */
    boolean backsOff() {
        return backsOff;
    }

    /**
     * Returns whether the caller uses the API of exchanges. Its request sets the timeout, the body is delivered as the
     * origin sends it, and its flights are shared with such callers alone: a fetch of theirs may never end, or end with
     * a body for one caller.
     */
    boolean exchanges() {
        return exchanges;
    }
}
