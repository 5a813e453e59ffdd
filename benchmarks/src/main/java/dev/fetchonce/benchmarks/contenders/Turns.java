package dev.fetchonce.benchmarks.contenders;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** So many at a time, and the others after them in the order in which they came; nobody blocks. Thread-safe. */
final class Turns {
    private final int atOnce;
    private final Queue<Turn<?>> waiting = new ConcurrentLinkedQueue<>();
    /** Who was let in and has not ended, and who waits. */
    private final AtomicInteger present = new AtomicInteger();

    Turns(int atOnce) {
        this.atOnce = atOnce;
    }

    private record Turn<T>(Supplier<CompletableFuture<T>> start, CompletableFuture<T> outcome) {
        /** What runs, which tells nobody yet. */
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

    /** The outcome of what is started when its turn comes. */
    <T> CompletableFuture<T> take(Supplier<CompletableFuture<T>> start) {
        Turn<T> turn = new Turn<>(start, new CompletableFuture<>());
        waiting.add(turn);
        if (present.getAndIncrement() < atOnce) {
            next();
        }
        return turn.outcome();
    }

    /** Lets the first in, and while those have ended when they return, as many as wait: by a loop, as they may be thousands. */
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

    /** Whether it ended at once, and one waits for its place. */
    private <T> boolean ended(Turn<T> turn) {
        CompletableFuture<T> started = turn.started();
        if (started.isDone()) {
            boolean more = left();
            var unused = started.whenComplete(turn::settle);
            return more;
        }
        var unused = started.whenComplete((value, failure) -> {
            // The next one first: who depends on the outcome runs when it is settled, and here.
            if (left()) {
                next();
            }
            turn.settle(value, failure);
        });
        return false;
    }

    /** Counts one out; whether another can have the place. */
    private boolean left() {
        return present.getAndDecrement() > atOnce;
    }
}
