package dev.fetchonce.internal.http.message;

/** Why a request went forward to its origin (RFC 9211 §2.2). */
public enum ForwardReason {
    /** The cache was configured not to handle it. */
    BYPASS("bypass"),
    /** Its method requires it. */
    METHOD("method"),
    /** Nothing is stored for its URL. */
    URI_MISS("uri-miss"),
    /** What is stored for its URL is for requests with other fields. */
    VARY_MISS("vary-miss"),
    /** Nothing that is stored could be used, and no more is said. */
    MISS("miss"),
    /** What is stored is fresh, but the request says that it is not to be used. */
    REQUEST("request"),
    /** What is stored is stale. */
    STALE("stale"),
    /** What is stored is only a part of what was asked for. */
    PARTIAL("partial");

    private final String token;

    ForwardReason(String token) {
        this.token = token;
    }

    /** The value of the parameter {@code fwd}. */
    public String token() {
        return token;
    }
}
