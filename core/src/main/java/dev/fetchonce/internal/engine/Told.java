package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.Received;
import dev.fetchonce.internal.http.StoredResponse;
import dev.fetchonce.internal.http.Validators;
import java.util.List;

/**
 * What came of a request.
 *
 * @param exchange what was exchanged
 * @param conditional whether it carried the validators of stored responses
 * @param confirmed those of which a 304 says that they hold (RFC 9111 §4.3.4)
 * @param received when that was
 */
record Told(Exchange exchange, boolean conditional, List<StoredResponse> confirmed, Received received) {
    /**
     * What came of one that carried the validators of these.
     *
     * @param askedAbout none where it had no conditions
     */
    static Told of(Exchange exchange, List<StoredResponse> askedAbout, Received received) {
        List<StoredResponse> confirmed = exchange instanceof Exchange.Answered answered && answered.status() == 304
                ? Validators.selected(answered.headers(), askedAbout)
                : List.of();
        return new Told(exchange, !askedAbout.isEmpty(), confirmed, received);
    }

    /** The same; a failure tells that its request had to queue. */
    Told after(long queuedNanos) {
        return new Told(exchange.after(queuedNanos), conditional, confirmed, received);
    }

    /** Whether it is a 304 that speaks of none of them. */
    boolean ofAnother() {
        return conditional
                && confirmed.isEmpty()
                && exchange instanceof Exchange.Answered answered
                && answered.status() == 304;
    }
}
