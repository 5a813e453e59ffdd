package dev.fetchonce.internal.flight;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all flights that are aloft, time and again: rings their alarms, and wakes those whose patience has ended. So that
 * neither a flight nor who waits for one needs a timer of its own, which costs more than the rest of a miss does. Its thread
 * is a platform thread, as it must come to look also where code of the application keeps all carriers of virtual ones; it ends
 * when there has been nothing to watch for a while. Thread-safe.
 */
final class Watch implements Runnable {
    /** So late is what it does. Who waits for less than {@link #SHORT} does so by itself. */
    private static final Duration PACE = Duration.ofMillis(10);

    /** The shortest wait, in nanoseconds, that is left to the watch. */
    static final long SHORT = 10 * PACE.toNanos();

    /** It rests so many times as long as it looked: a crowd of a million is looked at less often. */
    private static final int REST = 20;

    /** For so many looks at nothing it stays, lest each of a few misses a second pays for a thread. */
    static final int LINGERS = 100;

    private final Aloft<?> aloft;
    private final Steps steps;
    private final int lingers;
    private volatile boolean ends;

    /*
     * false -> true by who sends a flight aloft; true -> false by the watch, when nothing is. Both look at the other's
     * word after they have written their own: so one of them sees that there is a flight and no watch.
     */
    private final AtomicBoolean on = new AtomicBoolean();

    private volatile @Nullable Thread thread;

    Watch(Aloft<?> aloft, Steps steps, int lingers) {
        this.aloft = aloft;
        this.steps = steps;
        this.lingers = lingers;
    }

    /** Sees to it that it is on; called once a flight is aloft. */
    void begin() {
        if (!on.get() && on.compareAndSet(false, true)) {
            try {
                thread = steps.watch(this); // here: who closes may come before it runs
            } catch (Throwable e) { // out of memory for its thread, say
                on.set(false);
                throw e;
            }
        }
    }

    @Override
    public void run() {
        int idle = 0;
        do {
            long begun = System.nanoTime();
            aloft.look(begun);
            rest(Math.max(PACE.toNanos(), REST * (System.nanoTime() - begun)));
            idle = aloft.size() > 0 ? 0 : idle + 1;
        } while ((idle <= lingers && !ends) || !over());
    }

    private static void rest(long nanos) {
        try {
            Thread.sleep(Duration.ofNanos(nanos));
        } catch (InterruptedException e) {
            // by who waits for its end
        }
    }

    private boolean over() {
        if (aloft.size() > 0) {
            return false;
        }
        on.set(false);
        return aloft.size() == 0 || !on.compareAndSet(false, true);
    }

    /** Has it end with the last flight, and waits for that if there is none; an interrupt ends the wait and stays pending. */
    void awaitEnd(Deadline deadline) {
        ends = true;
        Thread last = thread;
        if (last != null && aloft.size() == 0) {
            last.interrupt();
            try {
                last.join(Duration.ofNanos(Math.max(0, deadline.left())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
