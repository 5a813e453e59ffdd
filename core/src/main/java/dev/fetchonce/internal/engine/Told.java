package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.Received;

/**
 * What came of a request.
 *
 * @param conditional whether it carried the conditions of a stored response
 * @param received when that was
 */
record Told(Exchange exchange, boolean conditional, Received received) {
    /** The same; a failure tells that its request had to queue. */
    Told after(long queuedNanos) {
        return new Told(exchange.after(queuedNanos), conditional, received);
    }
}
