package dev.fetchonce;

/** Why a fetch failed, as {@link FetchException#reason()} and {@link CacheStats#failures()} tell it. */
public enum Reason {
    /** No connection could be made: the origin refused it, its name is unknown, or the attempt took too long. */
    CONNECT,

    /** The exchange with the origin was not complete by its deadline, {@link HttpCache.Builder#timeout}. */
    TIMEOUT,

    /** The caller had waited as long as it would, {@link HttpCache.Builder#patience}; the fetch itself may go on. */
    PATIENCE,

    /** No connection to the origin came free in time, {@link HttpCache.Builder#connectionsPerOrigin}. */
    BUSY,

    /** The connection broke before the answer was complete. */
    BROKEN,

    /** The origin's answer is not valid HTTP, or makes no sense as an answer to what was asked. */
    PROTOCOL,

    /** The body is longer than {@link HttpCache.Builder#maximumBodyBytes}. */
    TOO_LARGE,

    /** The origin answered with a status that is no success; {@link FetchException#status()} tells which. */
    STATUS,

    /**
     * The origin sent the call elsewhere, and one may not or cannot go there: a circle, more than five hops, no usable
     * Location, to plain http from https, to what {@link HttpCache.Builder#allowedUrls} refuses.
     */
    REDIRECT,

    /**
     * The body is not what was asked for: not JSON, or not of the type asked. Where code of that type refuses it (a constructor,
     * a deserialiser), the cause is what that code threw.
     */
    UNDECODABLE,

    /** As many callers waited for the fetch as may, {@link HttpCache.Builder#maximumWaiters}. */
    TOO_MANY_WAITERS,

    /** The cache was closed while the call waited. */
    CLOSED,

    /**
     * Code that the application gave to the cache threw, or returned what it must not. The cause is what it threw. This says
     * nothing of the origin, which is asked again by the next call.
     */
    APPLICATION,

    /** The fetch could not be made: the machine could not start a thread, or the client was shut down or refuses the request. */
    INTERNAL
}
