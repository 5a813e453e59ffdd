package dev.fetchonce.internal.http.message;

/** The reason why a cache forwarded a request to its origin (RFC 9211 §2.2). */
public enum ForwardReason {
    /** The configuration of the cache excludes the request. */
    BYPASS("bypass"),
    /** The method of the request requires it. */
    METHOD("method"),
    /** The cache has no stored response for the URL. */
    URI_MISS("uri-miss"),
    /** The stored responses for the URL are for requests with other fields. */
    VARY_MISS("vary-miss"),
    /** The cache could use no stored response, and gives no further reason. */
    MISS("miss"),
    /** The stored response is fresh, but the request does not allow its use. */
    REQUEST("request"),
    /** The stored response is stale. */
    STALE("stale"),
    /** The stored response is only a part of the requested one. */
    PARTIAL("partial");

    private final String token;

    ForwardReason(String token) {
        this.token = token;
    }

    /** Returns the value of the parameter {@code fwd}. */
    public String token() {
        return token;
    }
}
