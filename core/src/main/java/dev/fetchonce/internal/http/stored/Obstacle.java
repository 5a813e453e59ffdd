package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.message.CacheStatus;
import java.util.Locale;

/** The reason why a cache does not store a response. */
public enum Obstacle {
    /** The request is not a GET (RFC 9111 §3). */
    METHOD("it is not the response to a GET"),
    /** The status is interim, partial, a 304, a 407, or outside the range of HTTP (RFC 9111 §3). */
    STATUS("its status is not storable"),
    /** The request has no-store (RFC 9111 §5.2.1.5). */
    REQUEST_NO_STORE("the request says no-store"),
    /** The response has must-understand, and this cache does not understand its status code (RFC 9111 §5.2.2.3). */
    NOT_UNDERSTOOD("it says must-understand, and this cache does not understand its status code"),
    /** The response has no-store (RFC 9111 §5.2.2.5). */
    NO_STORE("it says no-store"),
    /** The response has private, and the cache is shared (RFC 9111 §5.2.2.7). */
    PRIVATE("it says private, and this cache is shared"),
    /** The request has Authorization, and the cache is shared (RFC 9111 §3.5). */
    AUTHORIZATION("its request has Authorization, and it does not permit use for other callers"),
    /** The response has a Vary that matches no request, so no request would ever find it (RFC 9111 §4.1). */
    VARY("its Vary matches no request"),
    /** The response excludes a field from storage, and its other fields would be misread without that field. */
    FIELDS("it keeps a field out of the store that its other fields need"),
    /** The JDK's client shows no field of the response, so the cache cannot know whether it may store it (RFC 9111 §3). */
    FIELDS_UNSEEN("it is a 204 that announces a body, and the HTTP client shows none of its fields"),
    /** No field and no status permits storage, as the last condition of RFC 9111 §3 requires. */
    NO_REASON("nothing in it permits a cache to store it"),
    /** The response has no-cache but no validator, so no 304 could ever confirm it (RFC 9111 §5.2.2.4). */
    NO_VALIDATOR("it says no-cache and has no validator"),
    /** The response is a stream that continues as long as its caller reads. */
    ENDLESS("it is a stream that may never end"),
    /** The response is a redirect that is not permanent; with a TTL the cache asks for such a redirect each time. */
    TEMPORARY_REDIRECT("it is a redirect that is not permanent"),
    /** The response is a failure that negativeTtl does not name, or a successful response stands in for it. */
    FAILURE("it is a failure"),
    /** The end of the response cannot be distinguished from a break (RFC 9111 §3.3). */
    INCOMPLETE("it may have been cut off, because only the end of its connection ended it"),
    /** The cache knows the content coding, and the body is not of that coding. */
    DAMAGED("its body is not of its content coding"),
    /** The body is too long to keep; the cache passes it on as it arrives. */
    TOO_LARGE("its body is longer than maximumBodyBytes"),
    /** The store cannot hold the response. */
    TOO_HEAVY("it takes more than the whole cache, with its decoded values (maximumBytes)"),
    /** A caller requests a type to which the body cannot be decoded. */
    UNDECODABLE("it cannot be decoded to the requested type");

    private final String words;

    Obstacle(String words) {
        this.words = words;
    }

    /** Returns the reason as the end of a sentence about the response; it quotes no part of the response. */
    public String words() {
        return words;
    }

    /** Returns the reason as one word, for the detail of a {@link CacheStatus}. */
    public String detail() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reports whether neither the origin nor the application intends this, so that the log has a warning. */
    public boolean unintended() {
        return switch (this) {
            case VARY, FIELDS_UNSEEN, INCOMPLETE, DAMAGED, TOO_HEAVY -> true;
            default -> false;
        };
    }
}
