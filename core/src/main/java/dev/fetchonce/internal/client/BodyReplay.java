package dev.fetchonce.internal.client;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.origin.BodyDelivery;
import dev.fetchonce.internal.origin.ObservingSubscriber;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A head and a body that go through a caller's own {@link HttpResponse.BodyHandler}, as if they came from the network just
 * now. What that handler does wrong is its caller's affair alone; where the JDK's client would fail the call, leave its
 * connection open or wait for ever, the call fails with the same exception and the connection of a live body is closed.
 */
public final class BodyReplay {
    private BodyReplay() {}

    /** What a handler is shown first. */
    public record Head(int statusCode, HttpHeaders headers, HttpClient.Version version)
            implements HttpResponse.ResponseInfo {}

    /**
     * Applies the handler on this thread and waits until there is a body. That may be long before the last byte: a stream, a
     * publisher or lines go on asking for more afterwards. A function that maps a body runs on this thread, and is waited
     * for however long it takes.
     *
     * @param deadline for the body to be made, unless it is there already
     * @return what the handler made; null where it made null
     * @throws ExecutionException when there will be none; its cause is what the JDK's future would have: what the handler or
     *     subscriber threw, the error of the connection, or an {@link HttpTimeoutException} at the deadline
     * @throws InterruptedException when this thread was interrupted before
     */
    public static <T extends @Nullable Object> T through(
            HttpResponse.BodyHandler<T> handler, HttpResponse.ResponseInfo head, BodyDelivery body, Deadline deadline)
            throws ExecutionException, InterruptedException {
        HttpResponse.BodySubscriber<T> subscriber;
        try {
            subscriber = Objects.requireNonNull(handler.apply(head), "the BodyHandler returned null");
        } catch (Throwable e) {
            body.abandon(e);
            throw failed(e);
        }
        ObservingSubscriber<T> witness = new ObservingSubscriber<>(subscriber);
        body.attach(witness); // first: the call for the body may wait for its bytes
        CompletableFuture<T> outcome = witness.outcome();
        try {
            T made = outcome.isDone() ? outcome.get() : outcome.get(Math.max(0, deadline.left()), TimeUnit.NANOSECONDS);
            if (body.open() && Thread.interrupted()) { // whoever called it off will not look at what was made
                throw new InterruptedException("interrupted while the body was handled");
            }
            return made;
        } catch (TimeoutException e) {
            HttpTimeoutException late = new HttpTimeoutException("request timed out");
            body.abandon(late);
            throw new ExecutionException(late);
        } catch (InterruptedException e) {
            body.abandon(new IOException("Request cancelled"));
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            body.abandon(cause);
            throw failed(cause);
        }
    }

    /** A thread that was interrupted meanwhile is told that: the JDK's caller would have been waiting. */
    private static ExecutionException failed(Throwable cause) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interrupted = new InterruptedException("interrupted while the body was handled");
            interrupted.initCause(cause);
            throw interrupted;
        }
        return new ExecutionException(cause);
    }
}
