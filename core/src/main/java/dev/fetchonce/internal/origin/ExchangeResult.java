package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.Representation;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The result of one exchange with an origin. */
public sealed interface ExchangeResult {
    /**
     * A complete response, of any status.
     *
     * @param connection the connection over which it came
     * @param untilClose whether only the end of the connection ended its body; the body may then be a part only
     */
    record Answered(
            int status,
            HttpHeaders headers,
            Representation representation,
            boolean untilClose,
            ConnectionInfo connection)
            implements ExchangeResult {}

    /**
     * A response whose head is complete and whose body still comes. It has no deadline any more. Its holder must have
     * the body claimed or abandoned.
     */
    record Live(int status, HttpHeaders headers, ConnectionInfo connection, StreamingBody body)
            implements ExchangeResult {
        @Override
        public void abandon() {
            body.abandon();
        }
    }

    /**
     * A 204 whose fields announce a body. A 204 has no body (RFC 9112 §6.3, item 1). The JDK's client refuses this
     * response and shows no field of it.
     *
     * @param known the response as far as it is known: complete, without a field
     * @param refused the failure by which the client refused it
     */
    record Bare(Answered known, Failure refused) implements ExchangeResult {}

    /**
     * A response whose head is complete, and whose body is gathered while a reader reads it. It has no deadline any
     * more.
     *
     * @param live the response for that reader; its holder must have the body claimed or abandoned
     * @param body the gathered body; to be stopped where no caller waits for its end
     * @param end the wait for the result of the exchange
     */
    record Growing(Live live, GrowingBody body, End end) implements ExchangeResult {
        /** The wait for the result of the exchange. */
        @FunctionalInterface
        public interface End {
            /** Waits for the result and returns it; empty where the body has outgrown the limit of the gathering. */
            Optional<ExchangeResult> await() throws InterruptedException;
        }

        @Override
        public void abandon() {
            body.abandon();
        }
    }

    /** A failed exchange: no response came, or no valid and complete one. */
    record Broken(Failure failure) implements ExchangeResult {}

    /** Abandons a body that still comes; no caller can read it after that. */
    default void abandon() {
        // no body still comes
    }

    /** Returns this result; a failure then says in its message how long its request had queued. */
    default ExchangeResult after(long queuedNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(queuedNanos);
        return this instanceof Broken broken && millis > 0
                ? new Broken(broken.failure().and("after it had queued " + millis + " ms for a connection"))
                : this;
    }
}
