package dev.fetchonce.internal.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait for one flight: any number of them, released once and all together.
 *
 * <p>Thread-safe. A wait allocates one node and costs one compare-and-set; leaving early costs one write, whatever the
 * number of others. A long wait has no timer of its own where somebody is sure to {@link #wake} it. A thread that cannot be
 * woken keeps no other asleep, and the next release tries it again.
 */
public final class Waiters {
    /*
     * Why not FutureTask's own waiters: whoever leaves that list early walks all of it, so a hundred thousand callers
     * that give up together are quadratic and keep every core busy for the better part of a minute, just when the
     * origin is in trouble. Here a leaver only empties its node. The nodes of leavers stay until the release; how many
     * there can be is bounded by the flight's own deadline.
     *
     * States of head:  null -> node -> ... -> node -> RELEASED.  RELEASED is final and set by release() alone.
     * A push that finds RELEASED is too late to be woken and need not wait; a push that comes before is seen by the
     * swap in release(), which makes every push either woken or turned away. The memory effects are those of the
     * volatile swap: what happened before release() happened before any await() that returns true.
     *
     * States of asleep:  null -> list -> null -> ... -> RELEASED.  The list is what a release could not wake whole: to wake
     * a virtual thread may need a new carrier, for which there may be no memory. The next release takes the list, so of
     * several one at a time has it. RELEASED is final: nobody sleeps any more.
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
     * Nobody waits at first.
     *
     * @param timed the longest wait, in nanoseconds, that is timed by itself; longer ones end when somebody calls {@link #wake}
     */
    Waiters(Checkpoints checkpoints, long timed) {
        this.checkpoints = checkpoints;
        this.timed = timed;
    }

    /**
     * Waits for the release.
     *
     * @param nanos the longest wait
     * @return false when the time ran out first
     * @throws InterruptedException when the current thread is or becomes interrupted; nobody else is affected
     */
    boolean await(long nanos) throws InterruptedException {
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
     * Lets everybody go, now and in future. A second call tries again to wake those whom the one before could not wake.
     *
     * @throws RuntimeException what kept one of them from being woken, once all others are awake; an Error likewise
     */
    void release() {
        checkpoints.at("release");
        Node first = (Node) HEAD.getAndSet(this, RELEASED);
        if (first == RELEASED) {
            first = asleep == RELEASED ? null : (Node) ASLEEP.getAndSet(this, null);
            if (first == null) {
                return; // all are awake, or another release is at it
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
     * Wakes those whose longest wait has ended; walks them all.
     *
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

    /** Wakes one, if it waits; returns what was thrown before, or else now. */
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
            throw (RuntimeException) fault; // an unpark declares no others
        }
    }

    /** Whether nobody sleeps here any more. */
    boolean awake() {
        return asleep == RELEASED;
    }

    boolean released() {
        return head == RELEASED;
    }

    /** How many threads wait now; walks them all, so it is for tests and diagnosis. */
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
        /** Null from the moment on which its owner waits no longer. */
        volatile @Nullable Thread thread;

        /** When its wait ends at the latest, by {@link System#nanoTime()}. */
        final long due;

        /** Written before the push that publishes the node, only read after it. */
        @Nullable
        Node next;

        Node(@Nullable Thread thread, long due) {
            this.thread = thread;
            this.due = due;
        }
    }
}
