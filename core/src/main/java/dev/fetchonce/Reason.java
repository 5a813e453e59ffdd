package dev.fetchonce;

/** The reason of a failed fetch. {@link FetchException#reason()} and {@link CacheStats#failures()} return it. */
public enum Reason {
    /** No connection could be made: the origin refused it, its name is unknown, or the attempt took too long. */
    CONNECT,

    /**
     * The exchange with the origin exceeded its time: {@link HttpCache.Builder#timeout}, or up to
     * {@link HttpCache.Builder#firstTimeout} where nothing stored can stand in.
     */
    TIMEOUT,

    /** The caller waited for {@link HttpCache.Builder#patience}; the fetch itself may go on. */
    PATIENCE,

    /**
     * The caller's patience ended while the fetch queued for one of the {@link HttpCache.Builder#connectionsPerOrigin}.
     */
    BUSY,

    /** The connection broke before the response was complete. */
    BROKEN,

    /** The response is not valid HTTP, or cannot be a response to the request. */
    PROTOCOL,

    /** The body is longer than {@link HttpCache.Builder#maximumBodyBytes}. */
    TOO_LARGE,

    /** The origin answered with a status outside 2xx; {@link FetchException#status()} returns it. */
    STATUS,

    /**
     * The cache cannot follow a redirect: it forms a circle, is the sixth of the call, or has no usable Location. A
     * redirect from https to http, or to a URL that {@link HttpCache.Builder#allowedUrls} refuses, is not followed
     * either.
     */
    REDIRECT,

    /**
     * The body is not JSON, or not of the requested type. Where code of that type refuses it (a constructor, a
     * deserialiser), the cause is the exception of that code.
     */
    UNDECODABLE,

    /** The fetch had {@link HttpCache.Builder#maximumWaiters} waiters already. */
    TOO_MANY_WAITERS,

    /** The cache was closed while the call waited. */
    CLOSED,

    /**
     * Code that the application gave to the cache threw an exception, or returned a value that it must not return. The
     * cause is the exception. The failure says nothing about the origin, so the next call sends a request again.
     */
    APPLICATION,

    /** The fetch could not be made: no thread could be started, or the client was shut down or refuses the request. */
    INTERNAL
}
