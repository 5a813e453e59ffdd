package dev.fetchonce.internal.http.caching;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.StatusCodes;
import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;

/** The use of an origin's response, by its status code and, for a redirect, its Location. A pure function. */
public final class Disposition {
    private Disposition() {}

    /** The decision about the response. */
    public sealed interface Verdict {}

    /** The cache stores the response. */
    public record Store() implements Verdict {}

    /** The waiters get the response and the cache does not store it: it is valid for this one time. */
    public record Pass() implements Verdict {}

    /** The cache keeps the stored response, because the origin confirms it. */
    public record Renew() implements Verdict {}

    /** The response is a failure and is not stored. */
    public record Refuse(Failure failure) implements Verdict {}

    /** The response is a failure for its callers, but the cache stores it for a separate time. */
    public record Deny(Failure failure) implements Verdict {}

    /**
     * Returns the decision about a response. A redirect to a forbidden target is refused here, so that it replaces no
     * stored response.
     *
     * @param url the URL without its query; the message of a failure names it
     * @param asked the target of the request
     * @param status the status code
     * @param headers the fields of the response
     * @param negative whether the cache stores a response with this status although it is a failure
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
            return new Refuse(Failure.of(
                    Reason.PROTOCOL, url + " answered 206 Partial Content to a request for the whole representation"));
        }
        if (StatusCodes.success(status)) {
            return new Store();
        }
        if (StatusCodes.redirects(status, headers)) {
            return switch (Redirection.next(asked, headers)) {
                case Redirection.Refused refused -> new Refuse(refused.failure());
                case Redirection.To to -> Redirection.permanent(status) ? new Store() : new Pass();
            };
        }
        Failure failure = Failure.answered(url, status, headers);
        return negative ? new Deny(failure) : new Refuse(failure);
    }
}
