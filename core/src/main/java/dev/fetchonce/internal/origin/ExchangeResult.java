package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.stored.Representation;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What came of one exchange with an origin. */
public sealed interface ExchangeResult {
    /**
     * A complete answer, whatever its status.
     *
     * @param transport over what it came
     * @param untilClose whether only the end of the connection ended its body, so that it may be but a part
     */
    record Answered(
            int status,
            HttpHeaders headers,
            Representation representation,
            boolean untilClose,
            ConnectionInfo transport)
            implements ExchangeResult {}

    /**
     * An answer of which only the head is complete. Its deadline has ended; whoever has it has to see to it that the body is
     * claimed or abandoned.
     */
    record Live(int status, HttpHeaders headers, ConnectionInfo transport, StreamingBody body)
            implements ExchangeResult {
        @Override
        public void abandon() {
            body.abandon();
        }
    }

    /**
     * A 204 that announces a body. It has none (RFC 9112 §6.3, item 1), but the JDK's client refuses it, and shows none of its
     * fields.
     *
     * @param known what is known of it: it is whole
     * @param refused how the client refused it
     */
    record Bare(Answered known, Failure refused) implements ExchangeResult {}

    /**
     * An answer of which only the head is complete, and whose body is gathered while one reads it. Its deadline has ended.
     *
     * @param live the answer for that reader; whoever has it has to see to it that the body is claimed or abandoned
     * @param body to be stopped where no one waits for its end
     * @param end what the exchange comes to
     */
    record Growing(Live live, GrowingBody body, End end) implements ExchangeResult {
        /** Waits for it. */
        @FunctionalInterface
        public interface End {
            /** What the exchange came to; empty where the body has outgrown what is gathered. */
            Optional<ExchangeResult> await() throws InterruptedException;
        }

        @Override
        public void abandon() {
            body.abandon();
        }
    }

    /** None. */
    record Broken(Failure failure) implements ExchangeResult {}

    /** Gives up a body that goes on coming, for all. */
    default void abandon() {
        // is there, or never comes
    }

    /** The same; a failure tells that its request had to queue. */
    default ExchangeResult after(long queuedNanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(queuedNanos);
        return this instanceof Broken broken && millis > 0
                ? new Broken(broken.failure().and("after it had queued " + millis + " ms for a connection"))
                : this;
    }
}
