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
 * The calls of one client that are under way, and its end, as the JDK's client ends: no more calls are taken, then those under
 * way end, by themselves or interrupted. A call is under way until it has returned and its body has come to its end, was cancelled
 * or has failed. Thread-safe.
 */
public final class CallRegistry {
    private static final int GONE = -1;

    /** How the JDK's client words the end of a body under way. */
    private static final String SHUT_DOWN = "shutdownNow";

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** Signalled when an interrupt has been made. */
    private final Condition interrupted = lock.newCondition();

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
    public CallRegistry(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    /**
     * What a call does.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        /**
         * Makes the call.
         *
         * @param reading to be told of each body that its caller may still read when this returns
         */
        T make(Consumer<BodyDelivery> reading) throws Exception;
    }

    /** One call, from the moment when it was asked for until it has returned and all its bodies are over. */
    private final class Admission implements Consumer<BodyDelivery> {
        /** The one that makes it, which may make another within it; null before and after that. Under the lock, as is the rest. */
        private @Nullable Thread thread;

        /** Where it is among the calls; {@link #GONE} when it has left them. */
        private int place;

        private boolean returned;

        /** How many interrupts of its thread are being made. */
        private int interrupts;

        /** Those that are still read. */
        private Set<BodyDelivery> bodies = Set.of();

        Admission(@Nullable Thread thread) {
            this.thread = thread;
        }

        /**
         * Makes the call on this thread.
         *
         * @throws IOException when calls under way are ended
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

        /** The same on a thread that was not known before. */
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

        /** Adds a body that is read, or ends it where calls under way are ended or its own has failed. */
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

        /** Ends what is read: the call has failed, or its result goes to no one. */
        void cancel() {
            List<BodyDelivery> open = new ArrayList<>();
            leave(() -> {
                open.addAll(bodies);
                bodies = Set.of();
            });
            open.forEach(body -> end(body, "Request cancelled"));
        }

        /** Adds what ends it, to be run without the lock: code of the application runs there, and may hang. */
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
            } catch (Throwable e) { // out of memory, say: the call ends by itself
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

        /** Tells that the call has returned; its thread leaves once no interrupt can come any more that was for the call. */
        void leave() {
            leave(() -> {
                boolean made = thread != null;
                thread = null; // which goes on to other things
                while (interrupts > 0) {
                    interrupted.awaitUninterruptibly();
                }
                if (made && phase == Phase.CUT) {
                    var unused = Thread.interrupted(); // which was for the call, and may have come too late for it
                }
                returned = true;
            });
        }

        private void over(BodyDelivery body) {
            if (!bodies.isEmpty()) { // else all were ended
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
     * @throws IOException when no more calls are taken, or those under way are ended
     */
    public <T extends @Nullable Object> T call(Work<T> work) throws Exception {
        return admit(Thread.currentThread()).make(work);
    }

    /** Begins a call as {@link AsyncCall#start} does; whoever closes the client from now on waits for it. */
    public <T extends @Nullable Object> CompletableFuture<T> start(Work<T> work) {
        Admission admission;
        try {
            admission = admit(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            return AsyncCall.start(() -> admission.makeHere(work), admission::cancel);
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

    /** The same, and interrupts the calls under way, and ends the bodies that are still read. */
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

    /** Ends a body; what its subscriber throws is no affair of the others. */
    private static void end(BodyDelivery body, String why) {
        try {
            body.abandon(new IOException(why));
        } catch (Throwable e) {
            // of its subscriber
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
