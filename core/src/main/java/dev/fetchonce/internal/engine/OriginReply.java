package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.caching.Validators;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import java.util.List;

/**
 * What came of a request.
 *
 * @param exchange what was exchanged
 * @param askedAbout the stored responses whose validators it carried
 * @param confirmed those of which a 304 says that they hold (RFC 9111 §4.3.4)
 * @param received when that was
 */
record OriginReply(
        ExchangeResult exchange,
        List<StoredResponse> askedAbout,
        List<StoredResponse> confirmed,
        ReceiptTime received) {
    /**
     * What came of one that carried the validators of these.
     *
     * @param way how it asked about them
     * @param askedAbout none where it had no conditions
     */
    static OriginReply of(
            ExchangeResult exchange, Revalidation way, List<StoredResponse> askedAbout, ReceiptTime received) {
        List<StoredResponse> confirmed =
                exchange instanceof ExchangeResult.Answered answered && answered.status() == 304
                        ? Validators.confirmed(way, answered.headers(), askedAbout)
                        : List.of();
        return new OriginReply(exchange, askedAbout, confirmed, received);
    }

    /** The same; a failure tells that its request had to queue. */
    OriginReply after(long queuedNanos) {
        return new OriginReply(exchange.after(queuedNanos), askedAbout, confirmed, received);
    }

    /** The same, now that its body has ended. */
    OriginReply ending(ExchangeResult end) {
        return new OriginReply(end, askedAbout, confirmed, received);
    }

    /** Whether it carried the validators of stored responses. */
    boolean conditional() {
        return !askedAbout.isEmpty();
    }

    /**
     * Whether the conditions of the request may be why there is no answer: it cannot be read, its body is not of its coding, it
     * speaks of none of those responses, or its status was refused, as one that only a condition, a range or a long field
     * brings about.
     */
    boolean inVain() {
        return conditional()
                && switch (exchange) {
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
     * Whether a status is one that only the conditions of a request, its range or its size bring about: 206, 412, 416, 431.
     * As an answer to conditions of the cache's own it says all by its head, and no body of it is waited for.
     */
    static boolean ofCondition(int status) {
        return status == 206 || status == 412 || status == 416 || status == 431;
    }

    /** How to ask the next time, after one that was in vain. */
    Revalidation next(Revalidation way) {
        return exchange instanceof ExchangeResult.Answered answered && answered.status() == 304
                ? Validators.afterOther(way, answered.headers(), askedAbout)
                : Revalidation.UNCONDITIONAL;
    }
}
