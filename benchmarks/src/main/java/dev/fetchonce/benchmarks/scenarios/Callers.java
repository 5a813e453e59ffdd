package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Caller;
import dev.fetchonce.benchmarks.contenders.Contender;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Callers that each make one call after another, in the way that suits the contender. Thread-safe.
 *
 * <p>They suit calls that wait for the origin. A contender that completes its calls at once, on the thread that begins
 * them, would begin one call within another.
 */
final class Callers {
    private final Contender contender;
    private final CountDownLatch under;
    private final long end;
    private final LongConsumer took;
    private final LongAdder served = new LongAdder();
    private final LongAccumulator last = new LongAccumulator(Math::max, Long.MIN_VALUE);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private Callers(Contender contender, int callers, Duration length, LongConsumer took) {
        this.contender = contender;
        this.under = new CountDownLatch(callers);
        this.end = System.nanoTime() + length.toNanos();
        this.took = took;
    }

    /** Begins one call for each caller. */
    static Callers begin(Contender contender, int callers, Supplier<Callable<?>> calls) {
        return beginFor(contender, Collections.nCopies(callers, calls), Duration.ZERO);
    }

    /**
     * Begins the first call of each caller. The callers make more calls until so much time has passed.
     *
     * @param calls the supplier of calls for each caller
     */
    static Callers beginFor(Contender contender, List<Supplier<Callable<?>>> calls, Duration length) {
        return beginFor(contender, calls, length, nanos -> {});
    }

    /**
     * Begins the first call of each caller. The callers make more calls until so much time has passed.
     *
     * @param calls the supplier of calls for each caller
     * @param took takes the nanoseconds of each call that was served, on any thread
     */
    static Callers beginFor(
            Contender contender, List<Supplier<Callable<?>>> calls, Duration length, LongConsumer took) {
        Callers all = new Callers(contender, calls.size(), length, took);
        calls.forEach(all::next);
        return all;
    }

    private void next(Supplier<Callable<?>> calls) {
        long before = System.nanoTime();
        contender.begin(calls.get(), new Caller() {
            @Override
            public void answered(Object document) {
                took.accept(System.nanoTime() - before);
                served.increment();
                ended(calls);
            }

            @Override
            public void failed(Throwable why) {
                failure.compareAndSet(null, why);
                ended(calls);
            }
        });
    }

    private void ended(Supplier<Callable<?>> calls) {
        if (System.nanoTime() - end < 0) {
            next(calls);
        } else {
            last.accumulate(System.nanoTime());
            under.countDown();
        }
    }

    /** Waits until all callers have made all their calls. */
    void await() throws InterruptedException, TimeoutException {
        Duration limit = Limits.LONGEST.plusSeconds(30);
        if (!under.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException(under.getCount() + " callers still wait");
        }
    }

    /**
     * Waits until all callers have made all their calls. All calls must have been served.
     *
     * @throws IllegalStateException when a call failed
     */
    void awaitServed() throws InterruptedException, TimeoutException {
        await();
        Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a call failed", first);
        }
    }

    /** Returns the number of calls that ended with a document. */
    long served() {
        return served.sum();
    }

    /** Returns the time at which the last call ended, by {@link System#nanoTime()}. */
    long last() {
        return last.get();
    }
}
