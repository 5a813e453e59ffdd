package dev.fetchonce.internal.flight;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tie between a flight and the cache: while it holds, the flight may publish its value. A flight that is detached
 * takes along the flights before and after it for its key, as no older value may replace a newer one. Thread-safe.
 *
 * @param <V> the value of the flight
 */
final class Attachment<V> {
    /*
     * ATTACHED -> PUBLISHED_INSTEAD  under the lock: the flight's failure was published in the place of its value.
     * ATTACHED -> INVALIDATED        under the lock: by an invalidation or by close().
     *
     * After either step the flight publishes nothing; its waiters still get its value. No thread waits while it holds
     * the lock. The lock is the last one taken before the store's own lock.
     */
    private enum State {
        ATTACHED,
        PUBLISHED_INSTEAD,
        INVALIDATED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final WaiterCount waiterCount;
    private volatile State state = State.ATTACHED;

    /** The flight that must end before this flight sends; null once it has ended. */
    private volatile @Nullable Flight<V> predecessor;

    /** The flight that took the place of this flight in the table while this flight ran; written under the lock. */
    private volatile @Nullable Flight<V> successor;

    /**
     * Makes the tie of a flight that may publish.
     *
     * @param waiterCount the waiters of the flight; a flight that they have given up is detached from that step on
     * @param predecessor the flight that must end before this flight may send, or null
     */
    Attachment(WaiterCount waiterCount, @Nullable Flight<V> predecessor) {
        this.waiterCount = waiterCount;
        this.predecessor = predecessor;
    }

    /** Returns whether an invalidation or a close took the flight out. */
    boolean invalidated() {
        return state == State.INVALIDATED;
    }

    /** Returns whether the flight will publish nothing more. */
    boolean detached() {
        return state != State.ATTACHED || waiterCount.givenUp();
    }

    @Nullable
    Flight<V> predecessor() {
        return predecessor;
    }

    void forgetPredecessor() {
        predecessor = null;
    }

    /** Runs the publication unless the flight was detached. */
    void publish(Runnable publication) {
        lock.lock();
        try {
            if (!detached()) {
                publication.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs this publication in place of the flight's own later publication.
     *
     * @return false when a failure was published instead before, or the flight was invalidated; then nothing runs
     */
    boolean publishInstead(Runnable publication) {
        lock.lock();
        try {
            if (state != State.ATTACHED) {
                return false;
            }
            state = State.PUBLISHED_INSTEAD; // first: where this publication throws, no later one may run either
            publication.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Prevents the publications of the predecessors. */
    void detachPredecessors() {
        Flight<V> before = predecessor;
        if (before != null) {
            before.detach();
        }
    }

    /** Prevents the publications of the flight and of its successor. */
    void detach() {
        Flight<V> next;
        lock.lock();
        try {
            state = State.INVALIDATED;
            next = successor;
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.detach();
        }
    }

    /**
     * Lets another flight take the place of the flight, unless the flight was detached. The lock makes that one step: a
     * detach either sees the successor too, or comes before it and prevents it.
     *
     * @param next the other flight
     * @param taking puts the other flight in the place; false when the flight has lost its place in the table
     * @return whether the other flight took the place
     */
    boolean succeededBy(Flight<V> next, BooleanSupplier taking) {
        lock.lock();
        try {
            boolean taken = !detached() && taking.getAsBoolean();
            successor = taken ? next : null;
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
