package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.Failure;
import dev.fetchonce.internal.http.Representation;
import java.net.http.HttpHeaders;

/** What came of one exchange with an origin. */
sealed interface Exchange {
    /** A complete answer, whatever its status. */
    record Answered(int status, HttpHeaders headers, Representation representation) implements Exchange {}

    /** None. */
    record Broken(Failure failure) implements Exchange {}
}
