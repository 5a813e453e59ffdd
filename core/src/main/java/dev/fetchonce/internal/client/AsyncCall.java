package dev.fetchonce.internal.client;

import dev.fetchonce.internal.flight.Interrupts;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call on a virtual thread of its own, and its future. */
public final class AsyncCall {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    static final Interrupts INTERRUPTS = new Interrupts(
            what -> log.warn("an interrupt that ends a call threw an exception; the call still ends", what));

    private AsyncCall() {}

    /**
     * Starts a call.
     *
     * @param work the call, which an interrupt must end; the cause of an {@link ExecutionException} counts as the
     *     failure itself
     * @param unwanted runs when the call was cancelled before its result arrived; the result is discarded then
     * @return the future of the call. {@code cancel(true)} on it, or on a future derived from it by {@code thenApply}
     *     and its like, interrupts the thread. {@code cancel(false)} and {@code orTimeout} leave the call running, as
     *     with the JDK's client
     */
    public static <T extends @Nullable Object> CompletableFuture<T> start(Callable<T> work, Runnable unwanted) {
        Running<T> running = new Running<>(work, unwanted);
        running.thread.start();
        return running.root;
    }

    /**
     * The future of a call, or a future derived from it.
     *
     * @param <T> the type of the result
     */
    private static final class Pending<T extends @Nullable Object> extends CompletableFuture<T> {
        /** The call of this future, or of the future from which this one is derived. */
        private final Running<?> running;

        Pending(Running<?> running) {
            this.running = running;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new Pending<>(running);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean ended = mayInterruptIfRunning && !isDone() && running.cancel();
            return super.cancel(mayInterruptIfRunning) || ended;
        }
    }

    /** A call and its thread. */
    private static final class Running<T extends @Nullable Object> implements Runnable {
        private final Callable<T> work;
        private final Runnable unwanted;
        private final Pending<T> root = new Pending<>(this);

        /**
         * Whether the call has ended: by its thread, or by a cancellation. The winner of the race sets it. Dependent
         * actions are never interrupted.
         */
        private final AtomicBoolean ended = new AtomicBoolean();

        private final Thread thread = Thread.ofVirtual()
                .name("fetchonce-call")
                .inheritInheritableThreadLocals(false)
                .unstarted(this);

        Running(Callable<T> work, Runnable unwanted) {
            this.work = work;
            this.unwanted = unwanted;
        }

        @Override
        public void run() {
            T result;
            try {
                result = work.call();
            } catch (ExecutionException e) {
                fail(e.getCause() == null ? e : e.getCause());
                return;
            } catch (Throwable e) {
                fail(e);
                return;
            }
            if (ended.compareAndSet(false, true)) {
                complete(result);
            } else {
                unwanted.run();
            }
        }

        private void complete(T result) {
            try {
                root.complete(result);
            } catch (Throwable e) { // for example, out of memory
                root.completeExceptionally(e);
            }
        }

        /**
         * Fails the future with a wrapped cause, as the JDK's futures do: an action on the future itself sees the
         * wrapper.
         */
        private void fail(Throwable cause) {
            if (ended.compareAndSet(false, true)) {
                root.completeExceptionally(new CompletionException(cause));
            }
        }

        boolean cancel() {
            if (!ended.compareAndSet(false, true)) {
                return false;
            }
            try {
                INTERRUPTS.send(thread, () -> {});
            } finally {
                root.completeExceptionally(new CancellationException("Request cancelled"));
            }
            return true;
        }
    }
}
