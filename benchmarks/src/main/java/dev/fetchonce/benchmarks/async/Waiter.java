package dev.fetchonce.benchmarks.async;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The future of one caller that waits for a flight. It belongs to that caller, so its changes hurt no other waiter. A
 * caller that cancels it, or completes it in another way, leaves the flight.
 *
 * @param <T> the type that the caller waits for
 */
final class Waiter<T> extends CompletableFuture<T> {
    private final Flight flight;
    private final Class<T> type;

    /** The end of its patience, by {@link System#nanoTime()}. */
    private final long deadline;

    Waiter(Flight flight, Class<T> type, long deadline) {
        this.flight = flight;
        this.type = type;
        this.deadline = deadline;
    }

    /** Returns how many nanoseconds of patience it has left; zero or less when its patience has ended. */
    long left(long now) {
        return deadline - now;
    }

    void told(Outcome outcome) {
        switch (outcome) {
            case Outcome.Landed landed -> given(landed.entry(), null);
            case Outcome.Failed failed -> given(failed.standIn(), failed.why());
        }
    }

    /** Completes the future with the value of an entry, or with a failure when there is no entry. */
    void given(@Nullable Entry entry, @Nullable Throwable otherwise) {
        if (entry == null) {
            settle(null, otherwise);
            return;
        }
        CompletableFuture<Object> ready = entry.forms().ready(type);
        if (ready == null) {
            ready = entry.forms().decoded(type, Runnable::run);
        }
        switch (ready.state()) {
            case SUCCESS -> settle(ready.resultNow(), null);
            case FAILED -> settle(null, ready.exceptionNow());
            case RUNNING, CANCELLED -> {
                var unused = ready.whenComplete(this::settle);
            }
        }
    }

    @SuppressWarnings("unchecked") // a Class describes its T; Class.cast would refuse the primitive types
    private void settle(@Nullable Object value, @Nullable Throwable failure) {
        if (value != null) {
            complete((T) value);
        } else {
            Throwable inner = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
            completeExceptionally(inner == null ? new IllegalStateException("neither value nor failure") : inner);
        }
    }

    @Override
    public boolean complete(T value) {
        return leaving(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return leaving(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        return leaving(super.cancel(mayInterrupt));
    }

    private boolean leaving(boolean completed) {
        if (completed) {
            flight.left();
        }
        return completed;
    }
}
