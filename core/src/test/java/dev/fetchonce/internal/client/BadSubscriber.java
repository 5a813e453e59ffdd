package dev.fetchonce.internal.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** A subscriber with one fault; otherwise it behaves as it should. */
final class BadSubscriber implements BodySubscriber<String> {
    final CompletableFuture<String> body = new CompletableFuture<>();
    final List<String> signals;
    final Fault fault;
    Flow.Subscription subscription;

    BadSubscriber(List<String> signals, Fault fault) {
        this.signals = signals;
        this.fault = fault;
    }

    /** The fault of a subscriber. */
    enum Fault {
        APPLY_THROWS,
        GET_BODY_THROWS,
        GET_BODY_IS_NULL,
        SUBSCRIBE_THROWS,
        NEXT_THROWS,
        NEXT_THROWS_AN_ERROR,
        NEXT_THROWS_IO,
        NEXT_THROWS_ILLEGAL_ARGUMENT,
        NEXT_AND_ERROR_THROW,
        COMPLETE_THROWS,
        REQUESTS_NOTHING_AND_LESS,
        BODY_FAILS,
        BODY_FAILS_WRAPPED,
        ERROR_IS_MADE_A_BODY
    }

    static BodyHandler<String> handler(List<String> signals, Fault fault) {
        return info -> {
            if (fault == Fault.APPLY_THROWS) {
                throw new IllegalStateException("apply");
            }
            return new BadSubscriber(signals, fault);
        };
    }

    @Override
    public CompletionStage<String> getBody() {
        return switch (fault) {
            case GET_BODY_THROWS -> throw new IllegalStateException("getBody");
            case GET_BODY_IS_NULL -> null;
            default -> body;
        };
    }

    @Override
    public void onSubscribe(Flow.Subscription it) {
        signals.add("onSubscribe");
        subscription = it;
        if (fault == Fault.SUBSCRIBE_THROWS) {
            throw new IllegalStateException("onSubscribe");
        }
        it.request(fault == Fault.REQUESTS_NOTHING_AND_LESS ? -1 : 1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        signals.add("onNext");
        switch (fault) {
            case NEXT_THROWS, NEXT_AND_ERROR_THROW, ERROR_IS_MADE_A_BODY -> throw new IllegalStateException("onNext");
            case NEXT_THROWS_AN_ERROR -> throw new StackOverflowError("onNext");
            case NEXT_THROWS_IO -> throw new UncheckedIOException(new IOException("onNext"));
            case NEXT_THROWS_ILLEGAL_ARGUMENT -> throw new IllegalArgumentException("onNext");
            case BODY_FAILS -> body.completeExceptionally(new IllegalStateException("body"));
            case BODY_FAILS_WRAPPED ->
                body.completeExceptionally(new CompletionException(new IllegalStateException("body")));
            default -> subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        signals.add("onError");
        if (fault == Fault.NEXT_AND_ERROR_THROW) {
            throw new IllegalStateException("onError");
        }
        if (fault == Fault.ERROR_IS_MADE_A_BODY) {
            body.complete("made of " + failure.getMessage());
        }
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        signals.add("onComplete");
        if (fault == Fault.COMPLETE_THROWS) {
            throw new IllegalStateException("onComplete");
        }
        body.complete("all");
    }
}
