package dev.fetchonce.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/** Many concurrent callers, and the outcome of each. */
public final class Crowd<T> {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReferenceArray<Outcome<T>> outcomes;

    /** The value or the throwable of a call; the other component is null. */
    public record Outcome<T>(T value, Throwable thrown) {}

    private Crowd(int size) {
        outcomes = new AtomicReferenceArray<>(size);
    }

    /** Starts this number of virtual threads, which all make this call. */
    public static <T> Crowd<T> of(int size, Callable<T> call) {
        return of(size, i -> call);
    }

    public static <T> Crowd<T> of(int size, IntFunction<Callable<T>> calls) {
        return of(size, Thread.ofVirtual().factory(), calls);
    }

    public static <T> Crowd<T> of(int size, ThreadFactory factory, IntFunction<Callable<T>> calls) {
        Crowd<T> crowd = new Crowd<>(size);
        for (int i = 0; i < size; i++) {
            int index = i;
            Callable<T> call = calls.apply(i);
            crowd.threads.add(factory.newThread(() -> crowd.outcomes.set(index, outcome(call))));
        }
        crowd.threads.forEach(Thread::start);
        return crowd;
    }

    /** Starts one virtual thread. */
    public static <T> Crowd<T> one(Callable<T> call) {
        return of(1, call);
    }

    private static <T> Outcome<T> outcome(Callable<T> call) {
        try {
            return new Outcome<>(call.call(), null);
        } catch (Throwable e) {
            return new Outcome<>(null, e);
        }
    }

    public void interrupt(int index) {
        threads.get(index).interrupt();
    }

    public void interruptAll() {
        threads.forEach(Thread::interrupt);
    }

    /** Waits until each caller waits or has ended. */
    public void awaitAllWaiting() {
        Await.until(
                "all callers wait",
                () -> threads.stream().allMatch(thread -> switch (thread.getState()) {
                    case WAITING, TIMED_WAITING, TERMINATED -> true;
                    case NEW, RUNNABLE, BLOCKED -> false;
                }));
    }

    public boolean done() {
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /** Waits for all callers and returns their outcomes. */
    public List<Outcome<T>> outcomes() {
        long start = System.nanoTime();
        List<Outcome<T>> all = new ArrayList<>();
        for (int i = 0; i < threads.size(); i++) {
            Duration left = LONGEST.minusNanos(System.nanoTime() - start);
            try {
                if (!threads.get(i).join(left.isNegative() ? Duration.ZERO : left)) {
                    throw new AssertionError("caller " + i + " of " + threads.size() + " still waits after " + LONGEST);
                }
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for the callers", e);
            }
            all.add(outcomes.get(i));
        }
        return all;
    }

    /** Waits for all callers and returns their values; fails when one of them threw. */
    public List<T> values() {
        List<T> values = new ArrayList<>();
        for (Outcome<T> outcome : outcomes()) {
            if (outcome.thrown() != null) {
                throw new AssertionError("a caller failed", outcome.thrown());
            }
            values.add(outcome.value());
        }
        return values;
    }

    public T value() {
        return values().getFirst();
    }

    /** Waits for all callers and returns their throwables; fails when one of them returned a value. */
    public List<Throwable> thrown() {
        List<Throwable> thrown = new ArrayList<>();
        for (Outcome<T> outcome : outcomes()) {
            if (outcome.thrown() == null) {
                throw new AssertionError("a caller got " + outcome.value());
            }
            thrown.add(outcome.thrown());
        }
        return thrown;
    }
}
