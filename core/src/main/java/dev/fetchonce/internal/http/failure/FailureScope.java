package dev.fetchonce.internal.http.failure;

/**
 * The place of which a failure speaks. The place gets the wait. The failure counts at its URL in any case, except where
 * it is an answer or says nothing.
 */
public enum FailureScope {
    /** The host: no connection to it can be made. */
    HOST,

    /** The URL, as the connection was accepted. */
    URL,

    /** The user: the origin limits the rate of requests with these credentials. */
    USER,

    /** No place: the failure is a response, though an unwanted one, so all places work. */
    ANSWER,

    /** No place: the failure concerns one caller, the whole cache or code of the application. */
    NOTHING;

    /** Reports whether a failure of this scope is one more failure of its URL. */
    public boolean counts() {
        return switch (this) {
            case HOST, URL, USER -> true;
            case ANSWER, NOTHING -> false;
        };
    }

    /** Returns the place of which a failure speaks. */
    public static FailureScope of(Failure failure) {
        return switch (failure.reason()) {
            case CONNECT -> HOST;
            case TIMEOUT, BROKEN, PROTOCOL, TOO_LARGE, REDIRECT, UNDECODABLE, INTERNAL -> URL;
            case STATUS -> failure.rateLimited() ? USER : FailureRule.covers(failure) ? URL : ANSWER;
            case PATIENCE, BUSY, TOO_MANY_WAITERS, CLOSED, APPLICATION -> NOTHING;
        };
    }
}
