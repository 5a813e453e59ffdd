package dev.fetchonce.benchmarks.soak;

/** An action of a caller. */
enum Act {
    /** Gets a frozen tree. */
    TREE,

    /** Gets a record. */
    TYPED,

    /** Fetches the response, and takes the text of its body. */
    FETCH,

    /** Fetches with hardly any patience. */
    IMPATIENT,

    /** Is interrupted while it fetches. */
    INTERRUPTED,

    /** Refreshes the response from the origin. */
    REFRESH,

    /** Looks at the stored response. */
    PEEK,

    /** Ends the wait of the URL after a failure. */
    RETRY,

    /** Ends the waits of all URLs. */
    RETRY_ALL,

    /** Publishes a new version and invalidates the old ones. */
    INVALIDATE;

    /** Reports whether a stored response may answer. */
    boolean takesStored() {
        return switch (this) {
            case TREE, TYPED, FETCH, IMPATIENT, INTERRUPTED, PEEK -> true;
            case REFRESH, RETRY, RETRY_ALL, INVALIDATE -> false;
        };
    }

    /** Reports whether the cache counts the action as a call. */
    boolean counts() {
        return switch (this) {
            case TREE, TYPED, FETCH, IMPATIENT, INTERRUPTED, REFRESH -> true;
            case PEEK, RETRY, RETRY_ALL, INVALIDATE -> false;
        };
    }
}
