package dev.fetchonce.internal.http;

import dev.fetchonce.Reason;

/** What an answer of the origin is good for, by its status code. A pure function. */
public final class Storability {
    private Storability() {}

    /** What to do with the answer. */
    public sealed interface Verdict {}

    /** Keep it. */
    public record Store() implements Verdict {}

    /** Keep what was stored: the origin says that it still holds. */
    public record Renew() implements Verdict {}

    /** It is no answer to keep. */
    public record Refuse(Failure failure) implements Verdict {}

    /**
     * Judges.
     *
     * @param url named in the message of a failure, so without its query
     * @param status the status code
     * @param conditional whether the request carried the conditions of a stored response
     */
    public static Verdict judge(String url, int status, boolean conditional) {
        if (status == 304) {
            return conditional
                    ? new Renew()
                    : new Refuse(Failure.of(
                            Reason.PROTOCOL, url + " answered 304 Not Modified to a request without conditions"));
        }
        if (status == 206) {
            return new Refuse(
                    Failure.of(Reason.PROTOCOL, url + " answered 206 Partial Content to a request for the whole"));
        }
        return status >= 200 && status <= 299
                ? new Store()
                : new Refuse(Failure.of(status, url + " answered with status " + status));
    }
}
