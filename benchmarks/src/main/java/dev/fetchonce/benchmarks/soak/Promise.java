package dev.fetchonce.benchmarks.soak;

/** The promise of a cache to the callers of a URL, beyond the promises that hold always. */
enum Promise {
    /** Nothing more: the cache may drop what it stores, for want of room or by a status of the origin. */
    NONE,

    /** A stored answer stands in for each failure, and no caller waits long for another one. */
    STANDS_IN,

    /** The origin serves this user well, so no trouble of another user shows. */
    SERVES
}
