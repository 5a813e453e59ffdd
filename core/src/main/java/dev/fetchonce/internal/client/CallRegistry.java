package dev.fetchonce.internal.client;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.origin.BodyDelivery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client that are under way, and the end of the client. It ends as the JDK's client does: it takes no
 * more calls, and then those under way end, by themselves or interrupted. A call is under way until it has returned and
 * its body has ended, was cancelled or has failed. Thread-safe.
 */
public final class CallRegistry {
    private static final int GONE = -1;

    /** The message of the JDK's client for the end of a body under way. */
    private static final String SHUT_DOWN = "shutdownNow";

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** The signal after each interrupt of a call's thread. */
    private final Condition interrupted = lock.newCondition();

    private final Runnable atEnd;

    /** The calls under way. The lock guards them and all fields below. */
    private final List<Admission> calls = new ArrayList<>();

    /** The phase of the client's end. */
    private Phase phase = Phase.OPEN;

    private enum Phase {
        OPEN,
        /** The client takes no more calls. */
        SHUT,
        /** The client also ends the calls under way. */
        CUT,
        /** The client has no call under way any more. */
        ENDED
    }

    /**
     * Makes a registry without calls.
     *
     * @param atEnd runs once, on the thread that ends the last call or finds no call under way
     */
    public CallRegistry(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    /**
     * The work of a call.
     *
     * @param <T> the type of its result
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        /**
         * Makes the call.
         *
         * @param reading takes each body that the caller may still read when this method returns
         */
        T make(Consumer<BodyDelivery> reading) throws Exception;
    }

    /** One call, from its admission until it has returned and all its bodies have ended. */
    private final class Admission implements Consumer<BodyDelivery> {
        /**
         * The thread that makes the call, which may make another call within it; null before and after that. The lock
         * guards it and the fields below.
         */
        private @Nullable Thread thread;

        /** The index in the list of calls; {@link #GONE} when the call has left the list. */
        private int place;

        private boolean returned;

        /** The number of interrupts of the thread that are under way. */
        private int interrupts;

        /** The bodies that are still read. */
        private Set<BodyDelivery> bodies = Set.of();

        Admission(@Nullable Thread thread) {
            this.thread = thread;
        }

        /**
         * Makes the call on this thread.
         *
         * @throws IOException when the client ends the calls under way
         */
        <T extends @Nullable Object> T make(Work<T> work) throws Exception {
            boolean made = false;
            try {
                T result = work.make(this);
                made = true;
                return result;
            } catch (InterruptedException e) {
                throw cut() ? new IOException("closed", e) : e;
            } finally {
                if (!made) {
                    cancel();
                }
                leave();
            }
        }

        /**
         * Makes the call on this thread, for an admission that had no thread before.
         *
         * @throws IOException when the client ends the calls under way
         */
        <T extends @Nullable Object> T makeHere(Work<T> work) throws Exception {
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

        /**
         * Adds a body that is read. It ends the body instead where the client ends the calls under way, or this call
         * has failed.
         */
        @Override
        public void accept(BodyDelivery body) {
            boolean ends;
            lock.lock();
            try {
                ends = phase == Phase.CUT || place == GONE;
                if (!ends) {
                    bodies = bodies.isEmpty() ? new HashSet<>() : bodies;
                    bodies.add(body);
                }
            } finally {
                lock.unlock();
            }
            if (ends) {
                end(body, SHUT_DOWN);
            } else {
                body.whenOver(() -> leave(() -> over(body)));
            }
        }

        /** Ends the bodies that are still read, because the call has failed or its result is discarded. */
        void cancel() {
            List<BodyDelivery> open = new ArrayList<>();
            leave(() -> {
                open.addAll(bodies);
                bodies = Set.of();
            });
            open.forEach(body -> end(body, "Request cancelled"));
        }

        /**
         * Adds the steps that end the call. They run without the lock, because they run code of the application, which
         * may hang.
         */
        void addEnds(List<Runnable> ends) {
            Thread caller = thread;
            if (caller != null) {
                ends.add(() -> interrupt(caller));
                interrupts++;
            }
            bodies.forEach(body -> ends.add(() -> end(body, SHUT_DOWN)));
        }

        private void interrupt(Thread caller) {
            try {
                AsyncCall.INTERRUPTS.send(caller, this::interrupted);
            } catch (Throwable e) { // for example, out of memory: the call ends by itself
                interrupted();
            }
        }

        private void interrupted() {
            lock.lock();
            try {
                interrupts--;
                interrupted.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /**
         * Takes note that the call has returned. Its thread leaves only when no interrupt for the call can arrive any
         * more.
         */
        void leave() {
            leave(() -> {
                boolean made = thread != null;
                thread = null; // the thread goes on to other work
                while (interrupts > 0) {
                    interrupted.awaitUninterruptibly();
                }
                if (made && phase == Phase.CUT) {
                    var unused =
                            Thread.interrupted(); // the interrupt was for the call, and may have come too late for it
                }
                returned = true;
            });
        }

        private void over(BodyDelivery body) {
            if (!bodies.isEmpty()) { // an empty set means that all were ended
                bodies.remove(body);
            }
        }

        private void leave(Runnable step) {
            boolean last;
            lock.lock();
            try {
                step.run();
                if (returned && bodies.isEmpty() && place != GONE) {
                    remove();
                }
                last = ends();
            } finally {
                lock.unlock();
            }
            if (last) {
                atEnd.run();
            }
        }

        private void remove() {
            Admission moved = calls.removeLast();
            if (moved != this) {
                calls.set(place, moved);
                moved.place = place;
            }
            place = GONE;
        }
    }

    /**
     * Makes a call on this thread.
     *
     * @throws IOException when the client takes no more calls, or ends the calls under way
     */
    public <T extends @Nullable Object> T call(Work<T> work) throws Exception {
        return admit(Thread.currentThread()).make(work);
    }

    /** Starts a call as {@link AsyncCall#start} does. The end of the client waits for the call from now on. */
    public <T extends @Nullable Object> CompletableFuture<T> start(Work<T> work) {
        Admission admission;
        try {
            admission = admit(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            return AsyncCall.start(() -> admission.makeHere(work), admission::cancel);
        } catch (Throwable e) { // for example, out of memory for a thread
            admission.leave();
            throw e;
        }
    }

    /**
     * Admits a call, which the caller must then make or leave.
     *
     * @param thread the thread that makes the call, or null while it is unknown
     * @throws IOException when the client takes no more calls
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

    /** Takes no more calls, interrupts the calls under way, and ends the bodies that are still read. */
    public void shutdownNow() {
        List<Runnable> ends = new ArrayList<>();
        boolean last;
        lock.lock();
        try {
            if (phase != Phase.ENDED) {
                phase = Phase.CUT;
                calls.forEach(call -> call.addEnds(ends));
            }
            last = ends();
        } finally {
            lock.unlock();
            ends.forEach(Runnable::run);
        }
        if (last) {
            atEnd.run();
        }
    }

    /** Ends a body. An exception of its subscriber does not affect other bodies. */
    private static void end(BodyDelivery body, String why) {
        try {
            body.abandon(new IOException(why));
        } catch (Throwable e) {
            // an exception of the subscriber
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

    /** Moves to the last phase if the client ends now, and reports whether it did. The caller holds the lock. */
    private boolean ends() {
        if (phase == Phase.OPEN || phase == Phase.ENDED || !calls.isEmpty()) {
            return false;
        }
        phase = Phase.ENDED;
        ended.signalAll();
        return true;
    }

    /** Reports whether the client takes no more calls and no call is under way. */
    public boolean terminated() {
        lock.lock();
        try {
            return phase == Phase.ENDED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the client takes no more calls and no call is under way.
     *
     * @return whether that happened in time
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
