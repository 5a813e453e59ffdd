package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.caching.Validators;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.util.List;

/**
 * The reply of the origin to one request.
 *
 * @param result the result of the exchange
 * @param validation the validation that led to the request
 * @param askedAbout the stored responses whose validators the request carried
 * @param confirmed the stored responses that a 304 confirms (RFC 9111 §4.3.4)
 * @param received the time of receipt
 */
record OriginReply(
        ExchangeResult result,
        Validation validation,
        List<StoredResponse> askedAbout,
        List<StoredResponse> confirmed,
        ReceiptTime received) {
    /**
     * Makes the reply to a request with the validators of these stored responses.
     *
     * @param askedAbout the stored responses; empty when the request had no conditions
     */
    static OriginReply of(
            ExchangeResult result, Validation validation, List<StoredResponse> askedAbout, ReceiptTime received) {
        List<StoredResponse> confirmed = result instanceof ExchangeResult.Answered answered && answered.status() == 304
                ? Validators.confirmed(validation.way(), answered.headers(), askedAbout)
                : List.of();
        return new OriginReply(result, validation, askedAbout, confirmed, received);
    }

    /** Returns this reply; a failure in it records the time that its request queued. */
    OriginReply after(long queuedNanos) {
        return new OriginReply(result.after(queuedNanos), validation, askedAbout, confirmed, received);
    }

    /** Returns this reply with the result at the end of its body. */
    OriginReply ending(ExchangeResult end) {
        return new OriginReply(end, validation, askedAbout, confirmed, received);
    }

    /** Returns whether the request carried the validators of stored responses. */
    boolean conditional() {
        return !askedAbout.isEmpty();
    }

    /**
     * Returns whether the conditions of the request may be the cause of a reply without an answer. This is so when the
     * reply cannot be read, or its body does not match its content coding. It is also so when a 304 confirms no
     * response asked about, or when the status was refused as one that {@link #ofCondition} names.
     */
    boolean inVain() {
        return conditional()
                && switch (result) {
                    case ExchangeResult.Answered answered ->
                        answered.status() == 304
                                ? confirmed.isEmpty()
                                : answered.representation().plainlyDamaged();
                    case ExchangeResult.Broken broken -> broken.failure().reason() == Reason.PROTOCOL;
                    case ExchangeResult.Live live -> false;
                    case ExchangeResult.Growing growing -> false;
                    case ExchangeResult.Bare bare -> false;
                };
    }

    /**
     * Returns whether only the conditions of a request, its range or its size cause this status: 206, 412, 416 or 431.
     * As a reply to conditions that the cache added, its head is enough, and the cache does not wait for its body.
     */
    static boolean ofCondition(int status) {
        return status == 206 || status == 412 || status == 416 || status == 431;
    }

    /** Returns the validation after conditions that were in vain. */
    Validation validationInVain() {
        return validation.inVain(
                result instanceof ExchangeResult.Answered answered && answered.status() == 304
                        ? Validators.afterOther(validation.way(), answered.headers(), askedAbout)
                        : Revalidation.UNCONDITIONAL);
    }
}
