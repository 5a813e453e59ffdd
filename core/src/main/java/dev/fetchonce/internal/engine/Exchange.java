package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.Representation;
import java.net.http.HttpHeaders;
import java.util.concurrent.TimeUnit;

/** What came of one exchange with an origin. */
sealed interface Exchange {
    /** A complete answer, whatever its status. */
    record Answered(int status, HttpHeaders headers, Representation representation) implements Exchange {}

    /** None. */
    record Broken(Failure failure) implements Exchange {}

    /** The same; a failure tells that its request had to queue. */
    default Exchange after(long queuedNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(queuedNanos);
        return this instanceof Broken broken && millis > 0
                ? new Broken(broken.failure().and("after it had queued " + millis + " ms for a connection"))
                : this;
    }
}
