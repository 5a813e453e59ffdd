package dev.fetchonce.internal.http.caching;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;

/** What an answer of the origin is good for, by its status code and, of a redirect, its Location. A pure function. */
public final class Disposition {
    private Disposition() {}

    /** What to do with the answer. */
    public sealed interface Verdict {}

    /** Keep it. */
    public record Store() implements Verdict {}

    /** Give it to those who wait, and keep it for nobody: it holds for this one time. */
    public record Pass() implements Verdict {}

    /** Keep what was stored: the origin says that it still holds. */
    public record Renew() implements Verdict {}

    /** It is no answer to keep. */
    public record Refuse(Failure failure) implements Verdict {}

    /** It is a failure, and so it is told; but it is kept, for a time of its own. */
    public record Deny(Failure failure) implements Verdict {}

    /**
     * Judges. A redirect that leads where nobody may go is refused here already, so that it replaces nothing.
     *
     * @param url named in the message of a failure, so without its query
     * @param asked what the request was for
     * @param status the status code
     * @param headers the fields of the answer
     * @param negative whether an answer with this status is to be kept although it is a failure
     * @param conditional whether the request carried the conditions of a stored response
     */
    public static Verdict judge(
            String url, TargetUri asked, int status, HttpHeaders headers, boolean negative, boolean conditional) {
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
        if (StatusCodes.redirects(status, headers)) {
            return switch (Redirection.next(asked, headers)) {
                case Redirection.Refused refused -> new Refuse(refused.failure());
                case Redirection.To to -> Redirection.permanent(status) ? new Store() : new Pass();
            };
        }
        if (status >= 200 && status <= 299) {
            return new Store();
        }
        Failure failure = Failure.answered(url, status);
        return negative ? new Deny(failure) : new Refuse(failure);
    }
}
