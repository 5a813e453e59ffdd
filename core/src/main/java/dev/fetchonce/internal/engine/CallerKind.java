package dev.fetchonce.internal.engine;

/** The kind of a caller, and its consequences for the fetch that the caller may start. */
public enum CallerKind {
    /**
     * The API of values and exceptions. The caller wants a whole body, and accepts a stale response in place of one
     * that cannot be had.
     */
    VALUE_API,

    /**
     * The API of exchanges, as the JDK's client makes them. Every response of the origin is an answer, with any
     * status. A long response is delivered as it arrives, and no backoff stops the request.
     */
    HTTP_CLIENT,

    /** No caller: the flight runs in the background and has no waiters. */
    BACKGROUND;

    /**
     * Returns the kind whose flights a caller of this kind shares. The fetch of an exchange may never end, or end with
     * a body for one caller; a caller that wants a value waits for neither.
     */
    CallerKind flightGroup() {
        return switch (this) {
            case VALUE_API, BACKGROUND -> VALUE_API;
            case HTTP_CLIENT -> HTTP_CLIENT;
        };
    }

    /** Returns whether a caller of this kind leaves a slow fetch, and takes a stale response in place of its response. */
    boolean leavesSlowFetches() {
        return switch (this) {
            case VALUE_API -> true;
            case HTTP_CLIENT, BACKGROUND -> false;
        };
    }

    /** Returns whether a backoff can stop a request of this kind. */
    boolean backsOff() {
        return switch (this) {
            case VALUE_API, BACKGROUND -> true;
            case HTTP_CLIENT -> false;
        };
    }

    /**
     * Returns whether the timeout of an exchange adapts to its URL. The request of an exchange of the JDK's client sets
     * the timeout itself.
     */
    boolean timeoutAdapts() {
        return switch (this) {
            case VALUE_API, BACKGROUND -> true;
            case HTTP_CLIENT -> false;
        };
    }
}
