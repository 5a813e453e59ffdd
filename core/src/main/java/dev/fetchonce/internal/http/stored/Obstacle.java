package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.message.CacheStatus;
import java.util.Locale;

/** The reason for which an answer is not stored. */
public enum Obstacle {
    /** RFC 9111 §3: only what answers a GET is. */
    METHOD("it does not answer a GET"),
    /** RFC 9111 §3: it is interim, partial, a 304, or has a code that HTTP has not. */
    STATUS("its status is none that is stored"),
    /** RFC 9111 §5.2.1.5. */
    REQUEST_NO_STORE("the request says no-store"),
    /** RFC 9111 §5.2.2.3: the status code is not one whose meaning is known. */
    NOT_UNDERSTOOD("it says must-understand, and its status code is not known"),
    /** RFC 9111 §5.2.2.5. */
    NO_STORE("it says no-store"),
    /** RFC 9111 §5.2.2.7, in a shared cache. */
    PRIVATE("it says private, and this cache is shared"),
    /** RFC 9111 §3.5, in a shared cache. */
    AUTHORIZATION("its request has Authorization, and it does not say that others may have it"),
    /** RFC 9111 §4.1: no request would ever find it. */
    VARY("its Vary matches no request"),
    /** A field may not be stored without which the others would be misread. */
    FIELDS("it keeps a field out of the store without which the others would be misread"),
    /** RFC 9111 §3: the JDK's client shows no field of it, so nothing tells whether it may be stored. */
    FIELDS_UNSEEN("it is a 204 that announces a body, and the HTTP client shows none of its fields"),
    /** The last condition of RFC 9111 §3: nothing in it says that it may be. */
    NO_REASON("it says nothing that lets a cache store it"),
    /** RFC 9111 §5.2.2.4: it could not be used, as no 304 could speak of it. */
    NO_VALIDATOR("it says no-cache, and has no validator"),
    /** It comes bit by bit for as long as its caller listens. */
    ENDLESS("it is a stream that need not end"),
    /** With a TTL a redirect that is not permanent is asked for each time. */
    TEMPORARY_REDIRECT("it is a redirect that is not permanent"),
    /** A failure that negativeTtl does not name, or for which a good answer stands in. */
    FAILURE("it is a failure"),
    /** RFC 9111 §3.3: nothing tells its end from a break. */
    INCOMPLETE("it may have been cut off, as only the end of its connection ended it"),
    /** Its content coding is understood, and what came is not of that coding. */
    DAMAGED("its body is not of its content coding"),
    /** It is handed on as it comes. */
    TOO_LARGE("its body is longer than maximumBodyBytes"),
    /** The store cannot hold it. */
    TOO_HEAVY("it takes more than the whole cache, with what was decoded from it (maximumBytes)"),
    /** It is not what one of its callers wants it decoded to. */
    UNDECODABLE("it cannot be decoded as it is wanted");

    private final String words;

    Obstacle(String words) {
        this.words = words;
    }

    /** What is the matter, as the end of a sentence about the answer; it quotes nothing of it. */
    public String words() {
        return words;
    }

    /** The same as one word, for the detail of a {@link CacheStatus}. */
    public String detail() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether neither the origin nor the application means that: it is worth a warning. */
    public boolean unmeant() {
        return switch (this) {
            case VARY, FIELDS_UNSEEN, INCOMPLETE, DAMAGED, TOO_HEAVY -> true;
            default -> false;
        };
    }
}
