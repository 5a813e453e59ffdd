package dev.fetchonce.internal.flight;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to bring one value, and all who wait for it.
 *
 * <p>It runs on a virtual thread of its own. Whoever waits, the leader that started it included, only waits: with its own
 * patience, and an interrupt or a time-out is that waiter's affair alone. Thread-safe.
 *
 * @param <V> what the flight brings
 */
public final class Flight<V> extends FutureTask<V> {
    /*
     * States, each moving one way only:
     *
     *   the outcome   NEW -> done                     FutureTask's; by the flight itself, or by retire() or close()
     *   the queue     queued -> boarded               board(), on the flight's thread: from here its deadline runs
     *   the request   unsent -> sent                  send(), on the flight's thread: a refresh may join before it only
     *   the result    ATTACHED -> WITHDRAWN           under lock: its failure was published in its place, as it hung
     *                 ATTACHED -> INVALIDATED         under lock: by an invalidation or close(). In neither case does
     *                                                 the flight publish any more; its waiters still get its value
     *
     * Nothing waits while it holds the lock, and the lock is the last one taken before the store's own.
     */

    private final Object key;
    private final Work<V> work;
    private final Waiters waiters;
    private final @Nullable Flight<?> parent;
    private final Set<Object> wishes = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    /** The flight that must end before this one sends; forgotten when it has. */
    private volatile @Nullable Flight<V> predecessor;

    private volatile Result result = Result.ATTACHED;
    private volatile Deadline retireTime;
    private volatile @Nullable Deadline sent;

    /** Written on the flight's thread before the outcome, read there after it. */
    private Runnable afterwards = () -> {};

    private Flight(
            Object key,
            Work<V> work,
            @Nullable Flight<V> predecessor,
            @Nullable Flight<?> parent,
            Deadline latest,
            Steps steps,
            Course<V> course) {
        super(course);
        this.retireTime = latest;
        this.key = key;
        this.work = work;
        this.predecessor = predecessor;
        this.parent = parent;
        this.waiters = new Waiters(steps);
    }

    /**
     * Makes a flight that is not yet in any table.
     *
     * @param predecessor the flight that must end before this one may send, or null
     * @param parent the flight on whose thread this one is asked for, or null
     * @param latest when it counts as hung, should it never board
     * @param carry what the flight's thread does, from first to last
     */
    static <V> Flight<V> of(
            Object key,
            Work<V> work,
            @Nullable Flight<V> predecessor,
            @Nullable Flight<?> parent,
            Deadline latest,
            Steps steps,
            Function<Flight<V>, V> carry) {
        Course<V> course = new Course<>(carry);
        Flight<V> flight = new Flight<>(key, work, predecessor, parent, latest, steps, course);
        course.flight = flight;
        return flight;
    }

    /** What the waiters would like done with the value before it lands. The table itself does not look at them. */
    public Set<Object> wishes() {
        return wishes;
    }

    /** Tells that the flight has what it queued for: past that deadline and a second more, it counts as hung. */
    public void board(Deadline deadline) {
        retireTime = deadline.plus(FlightTable.RETIRE_AFTER);
    }

    /** Tells that the request goes out now. */
    public void send() {
        sent = Deadline.after(Duration.ZERO);
    }

    /** Whether the request went out at that moment or later. */
    public boolean sentSince(long nanos) {
        Deadline at = sent;
        return at != null && at.nanos() - nanos >= 0;
    }

    /** What becomes of the flight's result. */
    private enum Result {
        ATTACHED,
        WITHDRAWN,
        INVALIDATED
    }

    /** Whether an invalidation or a close took this flight out: neither what it brings nor anything older may be kept. */
    public boolean invalidated() {
        return result == Result.INVALIDATED;
    }

    /** Whether the flight will publish nothing any more. */
    boolean detached() {
        return result != Result.ATTACHED;
    }

    /** Whether it may still bring something that will be published. */
    boolean up() {
        return !isDone() && !detached();
    }

    boolean sent() {
        return sent != null;
    }

    Object key() {
        return key;
    }

    /** Whether this is the flight for that very piece of work: whoever asked for it is the leader. */
    @SuppressWarnings("ReferenceEquality") // that very piece of work, not one like it
    public boolean does(Work<V> some) {
        return work == some;
    }

    Work<V> work() {
        return work;
    }

    @Nullable
    Flight<V> predecessor() {
        return predecessor;
    }

    void forgetPredecessor() {
        predecessor = null;
    }

    /** The nanoseconds left before this flight counts as hung; zero or negative when it does. */
    long untilRetired() {
        return retireTime.left();
    }

    /** Whether this flight, or one on whose thread it was asked for, flies that key: to wait for it would be for ever. */
    boolean flies(Object other) {
        return key.equals(other) || (parent != null && !parent.isDone() && parent.flies(other));
    }

    /** Runs the publication unless the flight was detached. */
    void publish(Runnable publication) {
        lock.lock();
        try {
            if (result == Result.ATTACHED) {
                publication.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Publishes this in place of what the flight may still bring.
     *
     * @return false, and nothing is published, when the flight was detached already
     */
    boolean withdraw(Runnable publication) {
        lock.lock();
        try {
            if (result != Result.ATTACHED) {
                return false;
            }
            publication.run();
            result = Result.WITHDRAWN;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps what the flight may still bring from being published. */
    void detach() {
        lock.lock();
        try {
            result = Result.INVALIDATED;
        } finally {
            lock.unlock();
        }
    }

    void afterwards(Runnable what) {
        afterwards = what;
    }

    /** Does what nobody waits for; the flight's thread calls it last. */
    void finish() {
        afterwards.run();
    }

    /** Ends the flight with that value, if it has not ended. */
    void land(V value) {
        set(value);
    }

    void fail(Throwable why) {
        setException(why);
    }

    @Override
    protected void done() {
        waiters.release();
    }

    /** Waits without a limit of its own. */
    @Override
    public V get() throws InterruptedException, ExecutionException {
        if (!isDone()) {
            waiters.await(Long.MAX_VALUE);
        }
        return super.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!isDone() && !waiters.await(unit.toNanos(timeout))) {
            throw new TimeoutException();
        }
        return super.get();
    }

    /** How many threads wait for this flight now; walks them all. */
    int waiting() {
        return waiters.count();
    }

    /** The callable that a FutureTask wants before the flight exists; it learns its flight before anybody runs it. */
    private static final class Course<V> implements Callable<V> {
        private final Function<Flight<V>, V> carry;
        private @Nullable Flight<V> flight;

        Course(Function<Flight<V>, V> carry) {
            this.carry = carry;
        }

        @Override
        public V call() {
            return carry.apply(Objects.requireNonNull(flight));
        }
    }
}
