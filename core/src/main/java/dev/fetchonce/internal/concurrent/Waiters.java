package dev.fetchonce.internal.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The set of the threads that wait for one result: any number of them, released once and all together.
 *
 * <p>Thread-safe. A wait allocates one node and costs one compare-and-set. An early leave costs one write, however many
 * threads wait. A long wait has no timer of its own; the owner ends it by {@link #wake}. Where a wake of one thread
 * fails, the others are woken all the same, and the next release tries that thread again.
 */
public final class Waiters {
    /*
     * FutureTask's own list does not serve: a thread that leaves that list early walks all of it. A hundred thousand
     * callers that give up together then cost quadratic time. They keep every core busy for most of a minute, just
     * when the origin is in trouble. Here a leaving thread only clears its node. Cleared nodes stay until the release;
     * the flight's deadline bounds their number.
     *
     * States of head:  null -> node -> ... -> node -> RELEASED.  RELEASED is final; release() alone sets it. A push
     * that finds RELEASED is too late to be woken, and its thread need not wait. The swap in release() sees every
     * earlier push. Each push is therefore either woken or turned away. The memory effects are those of the volatile
     * swap: every action before release() happens before the return of an await() that returns true.
     *
     * States of asleep:  null -> list -> null -> ... -> RELEASED.  The list holds the nodes of a release that could not
     * wake every thread: a wake of a virtual thread may need a new carrier, and there may be no memory for it. The next
     * release takes the list, so one release at a time has it. RELEASED is final: every thread is awake.
     */
    private static final Node RELEASED = new Node(null, 0);
    private static final VarHandle HEAD;
    private static final VarHandle ASLEEP;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Waiters.class, "head", Node.class);
            ASLEEP = MethodHandles.lookup().findVarHandle(Waiters.class, "asleep", Node.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Checkpoints checkpoints;
    private final long timed;
    private volatile @Nullable Node head;
    private volatile @Nullable Node asleep;

    /**
     * Makes an empty set.
     *
     * @param timed the longest wait, in nanoseconds, that has a timer of its own; a longer wait ends by {@link #wake}
     */
    public Waiters(Checkpoints checkpoints, long timed) {
        this.checkpoints = checkpoints;
        this.timed = timed;
    }

    /**
     * Waits for the release.
     *
     * @param nanos the longest wait, in nanoseconds
     * @return false when the time ended before the release
     * @throws InterruptedException when the current thread is or becomes interrupted; no other thread is affected
     */
    public boolean await(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long longest = Math.clamp(nanos, 0, Deadline.LONGEST);
        Node node = new Node(Thread.currentThread(), System.nanoTime() + longest);
        checkpoints.at("wait");
        if (!push(node)) {
            return true;
        }
        try {
            for (long left = longest; head != RELEASED; left = node.due - System.nanoTime()) {
                if (left <= 0) {
                    return head == RELEASED;
                }
                checkpoints.park(this, left > timed ? Checkpoints.UNTIMED : left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return true;
        } finally {
            node.thread = null;
        }
    }

    private boolean push(Node node) {
        for (; ; ) {
            Node first = head;
            if (first == RELEASED) {
                return false;
            }
            node.next = first;
            if (HEAD.compareAndSet(this, first, node)) {
                return true;
            }
        }
    }

    /**
     * Releases all threads that wait now or will wait later. A second call tries again to wake the threads that the
     * first call could not wake.
     *
     * @throws RuntimeException when the wake of one thread threw it; the call has tried all other threads before. An
     *     Error leaves the call in this way too
     */
    public void release() {
        checkpoints.at("release");
        Node first = (Node) HEAD.getAndSet(this, RELEASED);
        if (first == RELEASED) {
            first = asleep == RELEASED ? null : (Node) ASLEEP.getAndSet(this, null);
            if (first == null) {
                return; // all threads are awake, or another release wakes them now
            }
        }
        Throwable fault = null;
        for (Node node = first; node != null; node = node.next) {
            fault = woken(node, fault);
        }
        asleep = fault == null ? RELEASED : first;
        rethrow(fault);
    }

    /**
     * Wakes the threads whose longest wait has ended. It walks all nodes.
     *
     * @param now the current reading of {@link System#nanoTime()}
     * @throws RuntimeException as {@link #release}
     */
    void wake(long now) {
        Throwable fault = null;
        for (Node node = head; node != null; node = node.next) {
            if (now - node.due >= 0) {
                fault = woken(node, fault);
            }
        }
        rethrow(fault);
    }

    /** Wakes the thread of a node if it waits. Returns the earlier throwable, or else that of this wake, or null. */
    private @Nullable Throwable woken(Node node, @Nullable Throwable before) {
        Thread thread = node.thread;
        try {
            if (thread != null) {
                checkpoints.unpark(thread);
            }
            return before;
        } catch (Throwable e) {
            return before == null ? e : before;
        }
    }

    private static void rethrow(@Nullable Throwable fault) {
        if (fault instanceof Error error) {
            throw error;
        }
        if (fault != null) {
            throw (RuntimeException) fault; // unpark declares no checked exception
        }
    }

    /** Returns whether a release has woken every thread. */
    boolean awake() {
        return asleep == RELEASED;
    }

    /** Returns whether {@link #release} has been called. */
    public boolean released() {
        return head == RELEASED;
    }

    /** Returns how many threads wait now. It walks them all, so it is for tests and diagnosis. */
    int count() {
        int count = 0;
        for (Node node = head; node != null; node = node.next) {
            if (node.thread != null) {
                count++;
            }
        }
        return count;
    }

    private static final class Node {
        /** The thread that waits; null once it waits no longer. */
        volatile @Nullable Thread thread;

        /** The latest end of the wait, as a reading of {@link System#nanoTime()}. */
        final long due;

        /** The node below this one; written before the push that publishes this node, and only read after it. */
        @Nullable
        Node next;

        Node(@Nullable Thread thread, long due) {
            this.thread = thread;
            this.due = due;
        }
    }
}
