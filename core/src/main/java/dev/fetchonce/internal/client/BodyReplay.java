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
 * The passage of a head and a body through the {@link HttpResponse.BodyHandler} of a caller, as if they arrived from
 * the network now. A faulty handler affects its own caller only. The JDK's client would fail the call, leave its
 * connection open or wait for ever. Here the call fails with the exception of the JDK's client, and the connection of a
 * live body is closed.
 */
public final class BodyReplay {
    private BodyReplay() {}

    /** The head of a response, which a handler gets first. */
    public record Head(int statusCode, HttpHeaders headers, HttpClient.Version version)
            implements HttpResponse.ResponseInfo {}

    /**
     * Runs the handler on this thread and waits for its value. The value may exist long before the last byte: a stream,
     * a publisher or lines ask for more bytes afterwards. A function that maps a body runs on this thread, and the wait
     * for it has no bound.
     *
     * @param deadline the end of the wait for a value that does not exist yet
     * @return the value of the handler; null where the handler made null
     * @throws ExecutionException when there is no value. Its cause is the one that the JDK's future has: an exception
     *     of the handler or the subscriber, the error of the connection, or an {@link HttpTimeoutException} at the
     *     deadline
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
            if (body.open() && Thread.interrupted()) { // the canceller does not use the value
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

    /**
     * Returns the failure. A thread that was interrupted in the meantime gets that interrupt instead: the caller of the
     * JDK's client would have been waiting.
     */
    private static ExecutionException failed(Throwable cause) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interrupted = new InterruptedException("interrupted while the body was handled");
            interrupted.initCause(cause);
            throw interrupted;
        }
        return new ExecutionException(cause);
    }
}
