package dev.fetchonce.internal.client;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.engine.PartialResponses;
import dev.fetchonce.internal.http.caching.Preconditions;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ForwardReason;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The calls of an {@code HttpClient}, answered from the cache where HTTP allows it. Each hop of a redirect is a request
 * to the engine of its own. Thread-safe.
 */
public final class ClientCalls {
    private final Engine engine;
    private final PartialResponses partialResponses;
    private final CacheRequests cacheRequests;
    private final Forwarder forwarder;
    private final RedirectFollower redirectFollower;
    private final BiFunction<URI, Answer.Held, IOException> heldCalls;

    /**
     * Makes the calls of one client.
     *
     * @param redirects the redirects that it follows
     * @param heldCalls makes the exception of a call that a backoff holds back, from its URL
     */
    public ClientCalls(
            Engine engine,
            PartialResponses partialResponses,
            CacheRequests cacheRequests,
            Forwarder forwarder,
            Redirect redirects,
            BiFunction<URI, Answer.Held, IOException> heldCalls) {
        this.engine = engine;
        this.partialResponses = partialResponses;
        this.cacheRequests = cacheRequests;
        this.forwarder = forwarder;
        this.redirectFollower = new RedirectFollower(redirects);
        this.heldCalls = heldCalls;
    }

    /**
     * Answers one request.
     *
     * @throws ExecutionException when there is no answer; the cause is the one that the JDK's future has
     * @throws IOException when a backoff holds the call back, and no stored response may stand in
     * @throws InterruptedException when this thread is or becomes interrupted; other waiters of the flight are not
     *     affected
     * @throws IllegalArgumentException when a URL is not allowed
     * @throws IllegalStateException when the cache is closed
     */
    public <T extends @Nullable Object> HttpResponse<T> exchange(HttpRequest request, Handlers<T> handlers)
            throws ExecutionException, IOException, InterruptedException {
        HttpRequest at = request;
        HttpResponse<T> previous = null;
        for (int hops = 0; ; hops++) {
            Hop<T> hop = new Hop<>(at, handlers, previous, hops);
            HttpResponse<T> response = hop.answer();
            if (hop.broken != null) {
                throw new ExecutionException(hop.broken);
            }
            HttpRequest next = hop.next;
            if (next == null) {
                return response;
            }
            previous = response;
            at = next;
        }
    }

    /** Returns the redirects that the calls follow. */
    public Redirect redirects() {
        return redirectFollower.policy();
    }

    /** One request of a call, and the target of a redirect that answers it. */
    private final class Hop<T extends @Nullable Object> {
        private final HttpRequest request;
        private final Handlers<T> handlers;
        private final @Nullable HttpResponse<T> previous;
        private final int hops;
        private final Optional<CacheRequest> question;

        /** The request of the next hop, where the answer is a redirect that is followed. */
        private volatile @Nullable HttpRequest next;

        /** The failure of a redirect without a usable target. */
        private volatile @Nullable IOException broken;

        Hop(HttpRequest request, Handlers<T> handlers, @Nullable HttpResponse<T> previous, int hops) {
            this.request = request;
            this.handlers = handlers;
            this.previous = previous;
            this.hops = hops;
            this.question = cacheRequests.of(request);
        }

        HttpResponse<T> answer() throws ExecutionException, IOException, InterruptedException {
            if (question.isEmpty() || request.expectContinue() || hasBody() || handlers.pushes() != null) {
                return forwarded(ForwardReason.BYPASS);
            }
            return switch (request.method()) {
                case "GET" -> get(question.get());
                case "HEAD" ->
                    Preconditions.forwarded(request.headers())
                            ? judged(question.get())
                            : stored(question.get(), ForwardReason.METHOD);
                default -> forwarded(ForwardReason.METHOD);
            };
        }

        private boolean hasBody() {
            return request.bodyPublisher()
                    .filter(body -> body.contentLength() != 0)
                    .isPresent();
        }

        /**
         * Answers a GET. A request for a part, a request with no-store, and a request with conditions for the origin
         * concern this caller alone.
         */
        private HttpResponse<T> get(CacheRequest ask) throws ExecutionException, IOException, InterruptedException {
            HttpHeaders fields = request.headers();
            if (Preconditions.forwarded(fields)) {
                return judged(ask);
            }
            boolean part = Forwarder.asksForPart(request);
            boolean alone = ask.demand().directives().noStore();
            return part || alone ? stored(ask, part ? ForwardReason.MISS : ForwardReason.REQUEST) : asked(ask);
        }

        private HttpResponse<T> stored(CacheRequest ask, ForwardReason otherwise)
                throws ExecutionException, InterruptedException {
            requireOpen();
            Answer.Response whole = engine.reusable(ask);
            Answer.Response given = whole == null && asksForPart() ? part(ask) : whole;
            return given == null ? unstored(ask, otherwise) : replayed(Reply.of(request, given), ask.until());
        }

        private Answer.@Nullable Response part(CacheRequest ask) {
            return partialResponses
                    .answer(ask, request.headers())
                    .map(part -> engine.part(ask, part))
                    .orElse(null);
        }

        /**
         * Reports whether the request asks for a part without conditions. Conditions are about the whole response,
         * which is absent then.
         */
        private boolean asksForPart() {
            return Forwarder.asksForPart(request) && !Preconditions.conditional(request.headers());
        }

        /** Answers a request whose conditions only the origin can evaluate. */
        private HttpResponse<T> judged(CacheRequest ask) throws ExecutionException, InterruptedException {
            return unstored(ask, ForwardReason.REQUEST);
        }

        private HttpResponse<T> unstored(CacheRequest ask, ForwardReason why)
                throws ExecutionException, InterruptedException {
            return ask.demand().directives().onlyIfCached() ? declined(ask.until()) : forwarded(why);
        }

        /** Answers 504 to a request with only-if-cached (RFC 9111 §5.2.1.7). */
        private HttpResponse<T> declined(Deadline until) throws ExecutionException, InterruptedException {
            return replayed(Reply.gatewayTimeout(CacheStatus.hit(forwarder.name())), until);
        }

        /**
         * Refuses a call of a closed cache. A call that has begun fails instead, as a call of the JDK's client does.
         */
        private void requireOpen() {
            if (hops == 0) {
                engine.requireOpen();
            }
        }

        private HttpResponse<T> asked(CacheRequest ask) throws ExecutionException, IOException, InterruptedException {
            requireOpen();
            return switch (engine.ask(ask)) {
                case Answer.Response given -> replayed(Reply.of(request, given), ask.until());
                case Answer.Streaming live -> replayed(Reply.of(request, live), ask.until());
                case Answer.Failed failed -> failed(failed, ask.until());
                case Answer.Held held -> throw heldCalls.apply(ask.target().uri(), held);
            };
        }

        /** Answers with a failure. A failure that is a response of the origin becomes a response here too. */
        private HttpResponse<T> failed(Answer.Failed failed, Deadline until)
                throws ExecutionException, InterruptedException {
            if (failed.answered() != null) {
                return replayed(Reply.of(request, failed.answered()), until);
            }
            if (failed.failure().reason() == Reason.STATUS) { // only-if-cached
                return declined(until);
            }
            throw new ExecutionException(ClientFaults.of(failed.failure()));
        }

        private HttpResponse<T> replayed(Reply reply, Deadline until) throws ExecutionException, InterruptedException {
            if (takesRedirect(reply.head())) {
                reply.body().abandon(new IOException("the redirect is followed"));
                return response(reply, null);
            }
            if (isOfTunnel(reply)) {
                reply.body().abandon(new IOException("the JDK's client delivers no body of this response"));
                return response(reply, null);
            }
            T made = BodyReplay.through(handlers.body(), reply.head(), reply.body(), until);
            if (!reply.body().over()) {
                handlers.reading().accept(reply.body());
            }
            return response(reply, made);
        }

        /**
         * Reports whether the reply is the one of a proxy to CONNECT: without a TLS session, the origin has sent no
         * response.
         */
        private boolean isOfTunnel(Reply reply) {
            return reply.head().statusCode() == 407
                    && reply.connection().session() == null
                    && "https".equalsIgnoreCase(request.uri().getScheme());
        }

        @SuppressWarnings("NullAway") // the body of a followed redirect is null, for every handler
        private HttpResponse<T> response(Reply reply, @Nullable T body) {
            return new ClientResponse<>(
                    request,
                    reply.head(),
                    Optional.ofNullable(reply.connection().session()),
                    Optional.ofNullable(previous),
                    body);
        }

        private HttpResponse<T> forwarded(ForwardReason why) throws ExecutionException, InterruptedException {
            return forwarder.send(request, question, why, this::takesRedirect, handlers, previous);
        }

        /**
         * Reports whether the response is a redirect that is followed or cannot be followed. The caller does not get
         * its body.
         */
        private boolean takesRedirect(HttpResponse.ResponseInfo response) {
            try {
                next = redirectFollower.next(request, response, hops).orElse(null);
            } catch (IOException e) {
                broken = e;
            }
            return next != null || broken != null;
        }
    }
}
