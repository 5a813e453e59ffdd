package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.Received;
import dev.fetchonce.internal.http.StoredResponse;
import dev.fetchonce.internal.http.Validators;
import java.util.List;

/**
 * What came of a request.
 *
 * @param askedAbout the stored responses whose validators it carried
 * @param received when that was
 */
record Told(Exchange exchange, List<StoredResponse> askedAbout, Received received) {
    /** The same; a failure tells that its request had to queue. */
    Told after(long queuedNanos) {
        return new Told(exchange.after(queuedNanos), askedAbout, received);
    }

    /** Whether it carried the conditions of a stored response. */
    boolean conditional() {
        return !askedAbout.isEmpty();
    }

    /** Whether it is a 304 that speaks of none of them. */
    boolean ofAnother() {
        return conditional()
                && exchange instanceof Exchange.Answered answered
                && answered.status() == 304
                && confirmed(answered).isEmpty();
    }

    /** Those of which a 304 says that they hold (RFC 9111 §4.3.4). */
    List<StoredResponse> confirmed(Exchange.Answered notModified) {
        return Validators.selected(notModified.headers(), askedAbout);
    }
}
