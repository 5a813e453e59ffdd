package dev.fetchonce.internal.client;

import dev.fetchonce.internal.flight.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client that are under way, and its end, as the JDK's client ends: no more calls are taken, then those under
 * way end, by themselves or interrupted. Thread-safe.
 */
public final class Underway {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Runnable atEnd;

    /** Under the lock, as is the rest. */
    private final List<Admission> calls = new ArrayList<>();

    /** How far it has come to its end. */
    private Phase phase = Phase.OPEN;

    private enum Phase {
        OPEN,
        /** No more calls are taken. */
        SHUT,
        /** Nor do those under way go on. */
        CUT,
        /** None is under way. */
        ENDED
    }

    /**
     * None yet.
     *
     * @param atEnd run once, on the thread that ends the last call or finds none
     */
    public Underway(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    /** One call, from the moment when it was asked for. */
    private final class Admission {
        /** The one that makes it, which may make another within it; under the lock. */
        private @Nullable Thread thread;

        /** Where it is among the calls; under the lock. */
        private int place;

        Admission(@Nullable Thread thread) {
            this.thread = thread;
        }

        /**
         * Makes the call on this thread, and leaves.
         *
         * @throws IOException when calls under way are ended
         */
        <T extends @Nullable Object> T make(Callable<T> work) throws Exception {
            try {
                return work.call();
            } catch (InterruptedException e) {
                throw cut() ? new IOException("closed", e) : e;
            } finally {
                leave();
            }
        }

        /** The same on a thread that was not known before. */
        <T extends @Nullable Object> T makeHere(Callable<T> work) throws Exception {
            if (!begun()) {
                leave();
                throw new IOException("closed");
            }
            return make(work);
        }

        private boolean begun() {
            lock.lock();
            try {
                thread = phase == Phase.CUT ? null : Thread.currentThread();
                return thread != null;
            } finally {
                lock.unlock();
            }
        }

        /** Ends the call; where it is made, that is seen to. */
        void leave() {
            boolean last;
            lock.lock();
            try {
                Admission moved = calls.removeLast();
                if (moved != this) {
                    calls.set(place, moved);
                    moved.place = place;
                }
                if (phase == Phase.CUT && thread != null) {
                    var unused = Thread.interrupted(); // which was for the call, and may have come too late for it
                }
                last = ends();
            } finally {
                lock.unlock();
            }
            if (last) {
                atEnd.run();
            }
        }
    }

    /**
     * Makes a call on this thread.
     *
     * @throws IOException when no more calls are taken, or those under way are ended
     */
    public <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
        return admit(Thread.currentThread()).make(work);
    }

    /** Begins a call as {@link Call#start} does; whoever closes the client from now on waits for it. */
    public <T extends @Nullable Object> CompletableFuture<T> start(Callable<T> work) {
        Admission admission;
        try {
            admission = admit(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            return Call.start(() -> admission.makeHere(work));
        } catch (Throwable e) { // out of memory for a thread, say
            admission.leave();
            throw e;
        }
    }

    /**
     * A call has to be made or left then.
     *
     * @param thread the one that makes it, or null while that is not known
     */
    private Admission admit(@Nullable Thread thread) throws IOException {
        Admission admission = new Admission(thread);
        lock.lock();
        try {
            if (phase != Phase.OPEN) {
                throw new IOException("closed");
            }
            admission.place = calls.size();
            calls.add(admission);
            return admission;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more calls. */
    public void shutdown() {
        boolean last;
        lock.lock();
        try {
            phase = phase == Phase.OPEN ? Phase.SHUT : phase;
            last = ends();
        } finally {
            lock.unlock();
        }
        if (last) {
            atEnd.run();
        }
    }

    /** The same, and interrupts the calls under way. */
    public void shutdownNow() {
        boolean last;
        lock.lock();
        try {
            if (phase != Phase.ENDED) {
                phase = Phase.CUT;
                for (Admission call : calls) { // within the lock, so that none is interrupted whose call has ended
                    if (call.thread != null) {
                        call.thread.interrupt();
                    }
                }
            }
            last = ends();
        } finally {
            lock.unlock();
        }
        if (last) {
            atEnd.run();
        }
    }

    private boolean cut() {
        lock.lock();
        try {
            return phase == Phase.CUT;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it comes to its end now; under the lock. */
    private boolean ends() {
        if (phase == Phase.OPEN || phase == Phase.ENDED || !calls.isEmpty()) {
            return false;
        }
        phase = Phase.ENDED;
        ended.signalAll();
        return true;
    }

    /** Whether no more calls are taken and none is under way. */
    public boolean terminated() {
        lock.lock();
        try {
            return phase == Phase.ENDED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for that.
     *
     * @return whether it came in time
     */
    public boolean awaitTermination(Duration longest) throws InterruptedException {
        Deadline deadline = Deadline.after(longest);
        lock.lockInterruptibly();
        try {
            while (phase != Phase.ENDED) {
                if (deadline.passed() || ended.awaitNanos(deadline.left()) <= 0) {
                    return phase == Phase.ENDED;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
