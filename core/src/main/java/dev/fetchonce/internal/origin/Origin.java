package dev.fetchonce.internal.origin;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.ExchangeTimeout;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.Framing;
import dev.fetchonce.internal.http.stored.Representation;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The exchanges with origins over the JDK's client. Thread-safe. */
public final class Origin {
    /** The longest wait for an exchange that is called off; much longer than the client's threads need for that. */
    private static final Duration CALLED_OFF_WITHIN = Duration.ofSeconds(1);

    /** The longest wait, after the head, for a body without an announced length; after that, a reader may read it. */
    private static final Duration AWAITED = Duration.ofMillis(250);

    private final OriginClient client;
    private final int maximumBodyBytes;
    private final BufferAllowance allowance;
    private final ContentCodings codings;

    /**
     * Makes the exchanges with all origins.
     *
     * @param allowance the memory for bodies that are gathered while they are read
     */
    public Origin(OriginClient client, int maximumBodyBytes, BufferAllowance allowance, ContentCodings codings) {
        this.client = client;
        this.maximumBodyBytes = maximumBodyBytes;
        this.allowance = allowance;
        this.codings = codings;
    }

    /**
     * Sends a request; a rule decides by the head whether to wait for the body or to hand it on live. The connection of
     * a live body stays open until the body has ended.
     *
     * @param limit the limit on the time of the connection, the head and the last byte of a body that is not live
     * @param name the name of the URL in messages
     * @throws InterruptedException when the flight is called off; this closes the connection
     */
    public ExchangeResult exchange(TimeLimit limit, HttpRequest request, String name, BodyPolicy rule)
            throws InterruptedException {
        OriginClient.Generation generation = client.enter();
        ExchangeResult exchange = null;
        try {
            Attempt first = new Attempt(generation, name, limit, rule);
            exchange = first.send(request);
            // A server that closes an HTTP/2 connection refuses the streams that it has not begun. The JDK's client
            // does not repeat all of them.
            boolean refused = exchange instanceof ExchangeResult.Broken broken
                    && broken.failure().reason() == Reason.BROKEN
                    && first.body == null
                    && request.version().orElse(generation.client().version()) == HttpClient.Version.HTTP_2;
            if (refused && !limit.deadline().passed()) {
                exchange = new Attempt(generation, name, limit, rule).send(request);
            }
            return exchange;
        } finally {
            if (exchange instanceof ExchangeResult.Live live) {
                live.body().whenEnded(() -> client.leave(generation));
            } else if (exchange instanceof ExchangeResult.Growing growing) {
                growing.body().whenEnded(() -> client.leave(generation));
            } else {
                client.leave(generation);
            }
        }
    }

    /** One attempt of an exchange: a request and its result. */
    private final class Attempt implements HttpResponse.BodyHandler<ReceivedBody> {
        private final OriginClient.Generation generation;
        private final String name;
        private final TimeLimit limit;
        private final ExchangeTimeout alarm;
        private final BodyPolicy rule;

        /** The thread that sends; the client may run the handler on it too. */
        private final Thread sender = Thread.currentThread();

        /** Counted down once the client has returned to the sender, and so has done the work of an interrupt. */
        private final CountDownLatch over = new CountDownLatch(1);

        /** The result where the head alone decides it: the head is invalid, or certainly no body follows it. */
        private volatile @Nullable ExchangeResult settled;

        /** The body; null until the head has come. */
        private volatile @Nullable IncomingBody body;

        /** Whether the sender has left, and a body that comes now must be abandoned. */
        private volatile boolean left;

        Attempt(OriginClient.Generation generation, String name, TimeLimit limit, BodyPolicy rule) {
            this.generation = generation;
            this.name = name;
            this.limit = limit;
            this.alarm = limit.alarm();
            this.rule = rule;
        }

        ExchangeResult send(HttpRequest request) throws InterruptedException {
            ExchangeResult exchange = null;
            InterruptedException interrupted = null;
            boolean rang;
            try {
                exchange = sendOverClient(request);
            } catch (InterruptedException e) {
                interrupted = e;
            } finally {
                rang = alarm.stop();
                if (!(exchange instanceof ExchangeResult.Live || exchange instanceof ExchangeResult.Growing)) {
                    leave();
                }
            }
            ExchangeResult byHead = settled;
            if (byHead != null) {
                return byHead;
            }
            if (interrupted != null && !rang) {
                throw interrupted;
            }
            return rang && (exchange == null || endedByAlarm(exchange)) ? late() : Objects.requireNonNull(exchange);
        }

        /**
         * Returns whether the alarm ended the exchange: not every client reports an interrupt as the JDK's client does.
         */
        private static boolean endedByAlarm(ExchangeResult exchange) {
            return exchange instanceof ExchangeResult.Broken broken
                    && broken.failure().reason() != Reason.TOO_LARGE;
        }

        private ExchangeResult sendOverClient(HttpRequest request) throws InterruptedException {
            // HttpRequest.timeout does not serve: up to JDK 25 it ends with the head, and the body may drip for ever.
            try {
                return taken(generation.client().send(request, this));
            } catch (IOException e) {
                if (ClientExceptions.interrupted(e)) {
                    throw (InterruptedException) new InterruptedException().initCause(e);
                }
                return broken(ClientExceptions.original(e).orElse(e));
            } catch (RuntimeException e) {
                return ClientExceptions.original(e)
                        .map(this::broken)
                        .orElseGet(() -> new ExchangeResult.Broken(Failure.of(
                                Reason.INTERNAL, name + " cannot be asked: the HttpClient refuses the request", e)));
            } finally {
                over.countDown();
            }
        }

        private ExchangeResult late() {
            return new ExchangeResult.Broken(
                    Failure.of(Reason.TIMEOUT, name + " did not answer completely within " + limit.exceeded()));
        }

        /** Abandons the body: it may be handed on live at the very moment in which the sender leaves. */
        private void leave() {
            left = true;
            IncomingBody late = body;
            if (late != null) {
                late.abandon();
            }
        }

        /**
         * Takes the head. Where the head is invalid, the body is refused, which closes the connection or ends the
         * stream. Where the client would fail before it requests the body, it would leave the connection open for good;
         * the alarm of the exchange rings first. A head that no body follows is treated in this way too where its
         * fields announce a body.
         */
        @Override
        public HttpResponse.BodySubscriber<ReceivedBody> apply(HttpResponse.ResponseInfo head) {
            int status = head.statusCode();
            HttpHeaders headers = head.headers();
            Optional<String> fault = Framing.fault(status, headers);
            BodyMode mode = fault.isPresent() ? BodyMode.REFUSE : rule.mode(status, headers);
            ExchangeResult byHead = mode == BodyMode.REFUSE
                    ? disbelieved(fault.orElse("its status " + status + " does not answer the request"))
                    : bodiless(head);
            settled = byHead;
            if (byHead != null && head.version() == HttpClient.Version.HTTP_1_1 && Framing.illegible(headers)) {
                callOff();
            }
            IncomingBody taken = byHead == null ? subscriber(status, headers, mode) : refused();
            body = taken;
            if (left) {
                taken.abandon();
            }
            return taken;
        }

        private IncomingBody subscriber(int status, HttpHeaders headers, BodyMode mode) {
            if (Framing.bodiless(status)) {
                return new BoundedBodySubscriber(maximumBodyBytes, OptionalLong.empty(), mode);
            }
            OptionalLong announced = Framing.length(headers);
            return mode == BodyMode.STREAM_LONGER && announced.isEmpty()
                    ? new GrowingBody(maximumBodyBytes, allowance)
                    : new BoundedBodySubscriber(maximumBodyBytes, announced, mode);
        }

        private IncomingBody refused() {
            return new BoundedBodySubscriber(maximumBodyBytes, OptionalLong.empty(), BodyMode.REFUSE);
        }

        /**
         * Returns the response of a head that no body follows although its fields announce a body; null for other
         * heads.
         */
        private @Nullable ExchangeResult bodiless(HttpResponse.ResponseInfo head) {
            int status = head.statusCode();
            boolean doubtful = Framing.bodiless(status) && Framing.doubtful(status, head.headers());
            return doubtful ? bodiless(status, head.headers(), new ConnectionInfo(head.version(), null)) : null;
        }

        /**
         * Rings the alarm: the interrupted sender closes the connection. Where the sender is the current thread, or
         * does not return in time, the connection counts as leaked.
         */
        private void callOff() {
            boolean closed = false;
            if (Thread.currentThread() != sender) {
                alarm.ring();
                try {
                    closed = over.await(CALLED_OFF_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            if (!closed) {
                client.leaked(generation);
            }
        }

        private ExchangeResult taken(HttpResponse<ReceivedBody> response) throws InterruptedException {
            return switch (response.body()) {
                case ReceivedBody.Whole whole -> answered(response, whole.bytes());
                case ReceivedBody.Rest rest -> live(response, rest.live());
                case ReceivedBody.Growing growing -> growing(response, growing.body());
                case null ->
                    bodiless(response.statusCode(), response.headers(), connection(response)); // a 407 to CONNECT
            };
        }

        private static ExchangeResult.Live live(HttpResponse<ReceivedBody> response, StreamingBody body) {
            return new ExchangeResult.Live(response.statusCode(), response.headers(), connection(response), body);
        }

        /**
         * Waits a short time for the end of the body: {@link #AWAITED}, or half of the time to the deadline where that
         * is less. After that, the response is for a live reader, whose head must come before the deadline.
         */
        private ExchangeResult growing(HttpResponse<ReceivedBody> response, GrowingBody body)
                throws InterruptedException {
            boolean ends =
                    body.endsWithin(Math.min(AWAITED.toNanos(), limit.deadline().left() / 2));
            Optional<StreamingBody> reader = ends ? Optional.empty() : body.live();
            return reader.isPresent()
                    ? new ExchangeResult.Growing(live(response, reader.get()), body, () -> ended(response, body))
                    : ended(response, body)
                            .orElseGet(() -> live(response, body.live().orElseThrow()));
        }

        private Optional<ExchangeResult> ended(HttpResponse<ReceivedBody> response, GrowingBody body)
                throws InterruptedException {
            try {
                return body.await().map(bytes -> answered(response, bytes));
            } catch (ExecutionException e) {
                return Optional.of(broken(e.getCause() == null ? e : e.getCause()));
            }
        }

        private ExchangeResult answered(HttpResponse<ReceivedBody> response, byte[] bytes) {
            if (Framing.bodiless(response.statusCode())) {
                return bodiless(response.statusCode(), response.headers(), connection(response));
            }
            Optional<String> wrong = Framing.fault(response.statusCode(), response.headers(), bytes.length);
            if (wrong.isPresent()) {
                return disbelieved(wrong.get());
            }
            boolean untilClose =
                    response.version() == HttpClient.Version.HTTP_1_1 && Framing.closeDelimited(response.headers());
            Representation representation = new Representation(bytes, response.headers(), codings);
            return new ExchangeResult.Answered(
                    response.statusCode(), response.headers(), representation, untilClose, connection(response));
        }

        private ExchangeResult bodiless(int status, HttpHeaders headers, ConnectionInfo connection) {
            return new ExchangeResult.Answered(
                    status, headers, new Representation(new byte[0], headers, codings), false, connection);
        }

        private static ConnectionInfo connection(HttpResponse<ReceivedBody> response) {
            return new ConnectionInfo(response.version(), response.sslSession().orElse(null));
        }

        private ExchangeResult disbelieved(String fault) {
            return new ExchangeResult.Broken(Failure.of(Reason.PROTOCOL, name + " sent an invalid response: " + fault));
        }

        private ExchangeResult broken(Throwable e) {
            if (generation.client().isTerminated()) {
                return new ExchangeResult.Broken(Failure.of(
                        Reason.INTERNAL, name + " cannot be asked: the HttpClient of this cache was shut down"));
            }
            BoundedBodySubscriber.RefusedBodyException tooLarge =
                    body instanceof BoundedBodySubscriber bounded ? bounded.refusal() : null;
            return tooLarge == null ? brokenBy(e) : brokenBy(tooLarge);
        }

        private ExchangeResult brokenBy(Throwable e) {
            Reason reason = ClientExceptions.reason(e, body != null);
            if (reason == Reason.PROTOCOL && body == null && !ClientExceptions.bodyOn204(e)) {
                client.leaked(generation);
            }
            String bound = reason == Reason.TOO_LARGE ? ", and maximumBodyBytes is " + maximumBodyBytes : "";
            Failure failure = Failure.of(reason, name + ClientExceptions.what(reason, e) + bound, e);
            return ClientExceptions.bodyOn204(e) ? bare(failure) : new ExchangeResult.Broken(failure);
        }

        private ExchangeResult bare(Failure refused) {
            HttpHeaders none = HttpHeaders.of(Map.of(), (name, value) -> true);
            Representation empty = new Representation(new byte[0], none, codings);
            return new ExchangeResult.Bare(
                    new ExchangeResult.Answered(204, none, empty, false, ConnectionInfo.PLAIN), refused);
        }
    }
}
