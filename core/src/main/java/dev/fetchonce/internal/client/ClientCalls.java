package dev.fetchonce.internal.client;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.engine.Answer;
import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.Engine;
import dev.fetchonce.internal.http.caching.Preconditions;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ForwardReason;
import java.io.IOException;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Calls as the JDK's client makes them, answered from a cache where HTTP allows it: each hop of a redirect is a question of
 * its own. Thread-safe.
 */
public final class ClientCalls {
    private final Engine engine;
    private final CacheRequests questions;
    private final Forwarder forwarding;
    private final RedirectFollower following;

    /**
     * Makes the calls of one client.
     *
     * @param redirects which redirects are followed
     */
    public ClientCalls(Engine engine, CacheRequests questions, Forwarder forwarding, Redirect redirects) {
        this.engine = engine;
        this.questions = questions;
        this.forwarding = forwarding;
        this.following = new RedirectFollower(redirects);
    }

    /**
     * Answers one request.
     *
     * @throws ExecutionException when there is no answer; the cause is what the JDK's future would have
     * @throws InterruptedException when this thread is or becomes interrupted; whoever waits for the same is not hurt
     * @throws IllegalArgumentException when a URL may not be asked
     * @throws IllegalStateException when the cache is closed
     */
    public <T extends @Nullable Object> HttpResponse<T> exchange(HttpRequest request, Handlers<T> handlers)
            throws ExecutionException, InterruptedException {
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

    /** Which redirects are followed. */
    public Redirect redirects() {
        return following.policy();
    }

    /** One request of a call, and where its answer leads. */
    private final class Hop<T extends @Nullable Object> {
        private final HttpRequest request;
        private final Handlers<T> handlers;
        private final @Nullable HttpResponse<T> previous;
        private final int hops;
        private final Optional<CacheRequest> question;

        /** The request to go on with, where the answer is a redirect that is followed. */
        private volatile @Nullable HttpRequest next;

        /** Why that cannot be told. */
        private volatile @Nullable IOException broken;

        Hop(HttpRequest request, Handlers<T> handlers, @Nullable HttpResponse<T> previous, int hops) {
            this.request = request;
            this.handlers = handlers;
            this.previous = previous;
            this.hops = hops;
            this.question = questions.of(request);
        }

        HttpResponse<T> answer() throws ExecutionException, InterruptedException {
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

        /** A part, and what must not be stored, is asked for by this caller alone; and so is what only the origin can judge. */
        private HttpResponse<T> get(CacheRequest ask) throws ExecutionException, InterruptedException {
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
            Answer.Response given = whole == null && asksForPart() ? engine.part(ask, request.headers()) : whole;
            return given == null ? unstored(ask, otherwise) : replayed(Reply.of(request, given), ask.until());
        }

        /** Conditions are about the whole, which is not there. */
        private boolean asksForPart() {
            return Forwarder.asksForPart(request) && !Preconditions.conditional(request.headers());
        }

        /** What only the origin can judge. */
        private HttpResponse<T> judged(CacheRequest ask) throws ExecutionException, InterruptedException {
            return unstored(ask, ForwardReason.REQUEST);
        }

        private HttpResponse<T> unstored(CacheRequest ask, ForwardReason why)
                throws ExecutionException, InterruptedException {
            return ask.demand().directives().onlyIfCached() ? declined(ask.until()) : forwarded(why);
        }

        /** RFC 9111 §5.2.1.7. */
        private HttpResponse<T> declined(Deadline until) throws ExecutionException, InterruptedException {
            return replayed(Reply.gatewayTimeout(CacheStatus.hit(forwarding.name())), until);
        }

        /** A call that has begun fails as the JDK's do when its client is closed. */
        private void requireOpen() {
            if (hops == 0) {
                engine.requireOpen();
            }
        }

        private HttpResponse<T> asked(CacheRequest ask) throws ExecutionException, InterruptedException {
            requireOpen();
            return switch (engine.ask(ask)) {
                case Answer.Response given -> replayed(Reply.of(request, given), ask.until());
                case Answer.Streaming live -> replayed(Reply.of(request, live), ask.until());
                case Answer.Failed failed -> failed(failed, ask.until());
            };
        }

        /** A failure that is a response is one here too. */
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
            if (leadsOn(reply.head())) {
                reply.body().abandon(new IOException("the redirect is followed"));
                return response(reply, null);
            }
            if (isOfTunnel(reply)) {
                reply.body().abandon(new IOException("the JDK's client shows no body of it"));
                return response(reply, null);
            }
            T made = BodyReplay.through(handlers.body(), reply.head(), reply.body(), until);
            if (!reply.body().over()) {
                handlers.reading().accept(reply.body());
            }
            return response(reply, made);
        }

        /** Whether it is what a proxy said to CONNECT: as no TLS came about, the origin has said nothing. */
        private boolean isOfTunnel(Reply reply) {
            return reply.head().statusCode() == 407
                    && reply.transport().session() == null
                    && "https".equalsIgnoreCase(request.uri().getScheme());
        }

        @SuppressWarnings("NullAway") // the body of a redirect that was followed is null, whatever the handler makes
        private HttpResponse<T> response(Reply reply, @Nullable T body) {
            return new ClientResponse<>(
                    request,
                    reply.head(),
                    Optional.ofNullable(reply.transport().session()),
                    Optional.ofNullable(previous),
                    body);
        }

        private HttpResponse<T> forwarded(ForwardReason why) throws ExecutionException, InterruptedException {
            return forwarding.send(request, question, why, this::leadsOn, handlers, previous);
        }

        /** Whether it is a redirect that is followed, or fails to be: its body is for nobody. */
        private boolean leadsOn(HttpResponse.ResponseInfo response) {
            try {
                next = following.next(request, response, hops).orElse(null);
            } catch (IOException e) {
                broken = e;
            }
            return next != null || broken != null;
        }
    }
}
