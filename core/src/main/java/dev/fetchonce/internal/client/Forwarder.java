package dev.fetchonce.internal.client;

import dev.fetchonce.internal.engine.CacheRequest;
import dev.fetchonce.internal.engine.HeadUpdater;
import dev.fetchonce.internal.engine.Invalidator;
import dev.fetchonce.internal.engine.PartListener;
import dev.fetchonce.internal.engine.PartialResponses;
import dev.fetchonce.internal.http.caching.Invalidation;
import dev.fetchonce.internal.http.message.CacheStatus;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.ForwardReason;
import dev.fetchonce.internal.http.message.Framing;
import dev.fetchonce.internal.origin.DirectExchange;
import dev.fetchonce.internal.origin.DiscardingSubscriber;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way past the cache for requests that no cache can answer. Before a caller sees the response, the stored responses
 * get its effects (RFC 9111 §4.3.5, §4.4). Thread-safe.
 *
 * @param partialResponses keeps the parts of responses that callers ask for
 * @param headUpdater applies the responses to HEAD
 * @param invalidator drops the stored responses that a request makes outdated
 * @param bypass sends the requests to the origins
 * @param name the name of the cache, for Cache-Status
 * @param maximumBodyBytes the most bytes of a part that is kept
 */
public record Forwarder(
        PartialResponses partialResponses,
        HeadUpdater headUpdater,
        Invalidator invalidator,
        DirectExchange bypass,
        String name,
        int maximumBodyBytes) {
    /**
     * Sends a request.
     *
     * @param question the engine's request for a GET of the URL; empty where the cache does not handle the URL
     * @param why the reason why the cache does not answer the request
     * @param discards tests whether the caller does not get the body of a response with such a head
     * @throws ExecutionException when the exchange failed; the cause is the one with which the future of the JDK's
     *     client failed
     */
    <T extends @Nullable Object> HttpResponse<T> send(
            HttpRequest request,
            Optional<CacheRequest> question,
            ForwardReason why,
            Predicate<HttpResponse.ResponseInfo> discards,
            Handlers<T> handlers,
            @Nullable HttpResponse<T> previous)
            throws ExecutionException, InterruptedException {
        HttpResponse<T> response;
        Optional<PartListener> part =
                question.filter(ask -> asksForPart(request)).map(partialResponses::begin);
        try {
            BodyHandler<T> handler = info -> {
                question.ifPresent(ask -> settle(request.method(), ask, info));
                if (discards.test(info)) {
                    boolean empty =
                            info.headers().firstValueAsLong("content-length").orElse(-1) == 0;
                    return new DiscardingSubscriber<>(nothing(), empty);
                }
                BodySubscriber<T> theirs =
                        handlers.body().apply(told(info.statusCode(), info.headers(), info.version(), why));
                boolean gathers = part.isPresent() && info.statusCode() == 206 && believed(info);
                return gathers ? gathering(theirs, info, part.get()) : theirs;
            };
            response = bypass.send(request, handler, handlers.pushes(), handlers.reading());
        } catch (ExecutionException | InterruptedException e) {
            question.ifPresent(ask -> invalidator.outdated(Invalidation.unanswered(request.method(), ask.target())));
            throw e;
        }
        return new ClientResponse<>(
                request,
                told(response.statusCode(), response.headers(), response.version(), why),
                response.sslSession(),
                Optional.ofNullable(previous),
                response.body());
    }

    static boolean asksForPart(HttpRequest request) {
        return request.method().equals("GET")
                && !request.headers().allValues("range").isEmpty();
    }

    private <T extends @Nullable Object> BodySubscriber<T> gathering(
            BodySubscriber<T> theirs, HttpResponse.ResponseInfo head, PartListener part) {
        return new TeeSubscriber<>(
                theirs,
                maximumBodyBytes,
                body -> part.landed(head.headers(), new ConnectionInfo(head.version(), null), body));
    }

    private static boolean believed(HttpResponse.ResponseInfo head) {
        return Framing.fault(head.statusCode(), head.headers()).isEmpty();
    }

    private void settle(String method, CacheRequest ask, HttpResponse.ResponseInfo head) {
        if (method.equals("HEAD")) {
            if (Framing.oversized(head.headers()).isEmpty()) { // no body follows, even if the fields announce one
                headUpdater.update(ask, head.statusCode(), head.headers());
            }
        } else {
            invalidator.outdated(Invalidation.of(method, ask.target(), head.statusCode(), head.headers()));
        }
    }

    private BodyReplay.Head told(int status, HttpHeaders headers, HttpClient.Version version, ForwardReason why) {
        HttpHeaders told = Reply.told(headers, CacheStatus.forwarded(name, why).status(status));
        return new BodyReplay.Head(status, told, version);
    }

    /** Returns the value of a discarded body, null for every type. */
    @SuppressWarnings("NullAway")
    private static <T extends @Nullable Object> CompletionStage<T> nothing() {
        return CompletableFuture.completedFuture(null);
    }
}
