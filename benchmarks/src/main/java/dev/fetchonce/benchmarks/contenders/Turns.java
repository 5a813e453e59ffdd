package dev.fetchonce.benchmarks.contenders;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit of asynchronous actions: so many run at a time, and the others follow in the order in which they came. No
 * thread blocks. Thread-safe.
 */
final class Turns {
    private final int atOnce;
    private final Queue<Turn<?>> waiting = new ConcurrentLinkedQueue<>();
    /** The number of actions that run or wait. */
    private final AtomicInteger present = new AtomicInteger();

    Turns(int atOnce) {
        this.atOnce = atOnce;
    }

    private record Turn<T>(Supplier<CompletableFuture<T>> start, CompletableFuture<T> outcome) {
        /** Starts the action, and returns its future, which does not complete the outcome yet. */
        CompletableFuture<T> started() {
            try {
                return start.get();
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        void settle(@Nullable T value, @Nullable Throwable failure) {
            if (failure == null) {
                outcome.complete(value);
            } else {
                outcome.completeExceptionally(failure);
            }
        }
    }

    /** Returns the outcome of an action that starts when its turn comes. */
    <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> start) {
        Turn<T> turn = new Turn<>(start, new CompletableFuture<>());
        waiting.add(turn);
        if (present.getAndIncrement() < atOnce) {
            next();
        }
        return turn.outcome();
    }

    /**
     * Starts the first action. While started actions have ended when they return, it starts the next ones. It uses a
     * loop, because thousands of actions may wait.
     */
    private void next() {
        boolean more = true;
        while (more) {
            Turn<?> first = waiting.poll();
            if (first == null) {
                throw new IllegalStateException("each who is counted was added before");
            }
            more = ended(first);
        }
    }

    /** Starts an action. Reports whether it ended at once and another waits for its place. */
    private <T> boolean ended(Turn<T> turn) {
        CompletableFuture<T> started = turn.started();
        if (started.isDone()) {
            boolean more = left();
            var unused = started.whenComplete(turn::settle);
            return more;
        }
        var unused = started.whenComplete((value, failure) -> {
            // The next action starts first, because the dependent actions of this outcome run on this thread once it is
            // settled.
            if (left()) {
                next();
            }
            turn.settle(value, failure);
        });
        return false;
    }

    /** Counts one action out. Reports whether another can have its place. */
    private boolean left() {
        return present.getAndDecrement() > atOnce;
    }
}
