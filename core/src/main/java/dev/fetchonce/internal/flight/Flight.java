package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.concurrent.SharedTask;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to bring one value, together with its waiters.
 *
 * <p>The flight runs on a virtual thread of its own. The waiters, its leader included, only wait. Each waiter has its
 * own patience. An interrupt or a time-out concerns that waiter alone. Thread-safe.
 *
 * @param <V> the value of the flight
 */
public final class Flight<V> extends SharedTask<V> {
    /*
     * States, each moving one way only:
     *
     *   the outcome   NEW -> done                     that of FutureTask. The flight sets it, or the thread that retires
     *                                                 the flight, gives it up or closes the table.
     *   the phase     PREPARING -> QUEUED -> RUNNING on the flight's thread. A flight may skip the queue. The leader
     *                                                 may enter the queue before the flight has a thread.
     *   the clock     null -> prepare() -> toRunning()   on the threads of the phase; null again where it then queues
     *                                                 with a thread. It has a deadline while code of its work runs. It has no deadline while it waits
     *                                                 for its thread, for its predecessor or in a queue: each waiter
     *                                                 has its own patience. An extension moves the deadline of a
     *                                                 running flight to a later time, on the watchdog's thread.
     *   the waiters   see WaiterCount
     *   the request   unsent -> sent                  recordSent(), on the flight's thread. A refresh may join before it only.
     *   the tie to the cache   see Attachment
     */

    /** An unbounded flight counts as late after this many usual exchanges. */
    private static final int LATE_TIMES = 10;

    private final Object key;
    private final long since = System.nanoTime();
    private final FlightWork<V> work;
    private final ProtocolSteps steps;
    private final Interrupts interrupts;
    private final WaiterCount waiterCount;
    private final @Nullable Flight<?> parent;

    private final Wishes wishes = new Wishes();
    private final Attachment<V> attachment;

    /** The flight counts as hung one second after this deadline; null while it cannot hang. */
    private volatile @Nullable Deadline deadline;

    /** The alarm that ends the exchange for which the flight's thread waits. */
    private volatile @Nullable ExchangeTimeout alarm;

    private volatile Phase phase = Phase.PREPARING;
    private volatile @Nullable FlightThread<V> flightThread;
    private volatile @Nullable Deadline sent;

    /** Written on the flight's thread before the outcome, read there after it. */
    private Runnable afterwards = () -> {};

    private Flight(
            Object key,
            FlightWork<V> work,
            @Nullable Flight<V> predecessor,
            @Nullable Flight<?> parent,
            WaiterCount.Rule waiterRule,
            ProtocolSteps steps,
            Interrupts interrupts,
            Course<V> course) {
        super(course, steps, Watchdog.SHORT);
        this.key = key;
        this.work = work;
        this.parent = parent;
        this.waiterCount = new WaiterCount(work.unbounded() ? waiterRule.cancelling() : waiterRule);
        this.attachment = new Attachment<>(waiterCount, predecessor);
        this.steps = steps;
        this.interrupts = interrupts;
    }

    /**
     * Makes a flight that is not yet in any table.
     *
     * @param predecessor the flight that must end before this flight may send, or null
     * @param parent the flight whose thread asks for this flight, or null
     * @param waiterRule the maximum number of waiters, and whether the flight goes on without waiters
     * @param task the whole task of the flight's thread
     */
    static <V> Flight<V> of(
            Object key,
            FlightWork<V> work,
            @Nullable Flight<V> predecessor,
            @Nullable Flight<?> parent,
            WaiterCount.Rule waiterRule,
            ProtocolSteps steps,
            Interrupts interrupts,
            Function<Flight<V>, V> task) {
        Course<V> course = new Course<>(task);
        Flight<V> flight = new Flight<>(key, work, predecessor, parent, waiterRule, steps, interrupts, course);
        course.flight = flight;
        return flight;
    }

    /** Returns the time at which the flight was made. */
    public Deadline since() {
        return new Deadline(since);
    }

    /** Adds a wish of a waiter: an action on the value before the flight lands. The table does not read the wishes. */
    public void wish(Object wish) {
        wishes.add(wish);
    }

    /** Returns all wishes of the waiters so far. */
    public Set<Object> wishes() {
        return wishes.all();
    }

    /** Records that code of the work runs from now on, until that deadline at most. */
    void prepare(Deadline until) {
        deadline = until;
    }

    /**
     * Records that the flight is queued from now on, as long as it has a waiter.
     *
     * @return false when the flight has no waiter or has ended: it must not go on
     */
    public boolean toQueued() {
        steps.at("queue");
        deadline = null;
        phase = Phase.QUEUED;
        return waiterCount.toQueued() && !isDone();
    }

    /**
     * Records that the flight has its permit. From now on it runs until that deadline. Without waiters it goes on, unless its waiter rule gives it up.
     *
     * @return false when the flight was given up for want of a waiter, or has ended: it must not go on
     */
    public boolean toRunning(Deadline until) {
        steps.at("run");
        deadline = until;
        if (!waiterCount.toRunning() || isDone()) {
            return false;
        }
        phase = Phase.RUNNING;
        return true;
    }

    /** The progress of a flight; after its end, the progress at its end. */
    public enum Phase {
        /** The flight waits for its thread or for its predecessor, or code of its work runs. */
        PREPARING,
        /** The flight stands in a queue. */
        QUEUED,
        /** The flight has its permit, and runs. */
        RUNNING
    }

    /** Returns the phase of the flight. */
    public Phase phase() {
        return phase;
    }

    /** Sets the thread of the flight; the caller does so before that thread starts. */
    void setFlightThread(FlightThread<V> one) {
        flightThread = one;
    }

    /** Returns the thread of the flight, or null before it is set. */
    @Nullable
    FlightThread<V> flightThread() {
        return flightThread;
    }

    /**
     * Sets the alarm of the current thread, which ends its exchange, in place of its earlier alarm.
     *
     * @param at the moment at which the alarm rings, or some milliseconds later, unless {@link ExchangeTimeout#ring}
     *     rings it before
     * @param extension decides at that moment whether the exchange goes on; the flight then counts as hung later too
     */
    public ExchangeTimeout alarm(Deadline at, Extension extension) {
        ExchangeTimeout mine = new ExchangeTimeout(at, () -> extended(at, extension), interrupts);
        alarm = mine;
        return mine;
    }

    private Deadline extended(Deadline passed, Extension extension) {
        Deadline until = extension.deadline();
        if (until.nanos() - passed.nanos() > 0) {
            deadline = until;
        }
        return until;
    }

    /** Rings the alarm of the exchange if its time has come, and wakes the waiters whose patience has ended. */
    void look(long now) {
        try {
            ExchangeTimeout mine = alarm;
            if (mine != null) {
                mine.look(now);
            }
        } finally {
            wake(now);
        }
    }

    /** Calls the flight off: interrupts its thread, or prevents the start of the thread. */
    void callOff() {
        FlightThread<V> one = flightThread;
        if (one != null) {
            one.callOff();
        }
    }

    /** Returns the count of the waiters. */
    WaiterCount waiterCount() {
        return waiterCount;
    }

    /** Records that the request goes out now. */
    public void recordSent() {
        sent = Deadline.after(Duration.ZERO);
    }

    /**
     * Returns whether the request went out at that moment or later; the moment is a reading of
     * {@link System#nanoTime()}.
     */
    public boolean sentSince(long nanos) {
        Deadline at = sent;
        return at != null && at.nanos() - nanos >= 0;
    }

    /**
     * Returns whether an invalidation or a close took this flight out. The cache must then keep neither the value of
     * this flight nor an older value.
     */
    public boolean invalidated() {
        return attachment.invalidated();
    }

    /**
     * Returns whether the flight will publish nothing more. A flight that is given up is detached from that very step
     * on.
     */
    boolean detached() {
        return attachment.detached();
    }

    /** Returns whether the flight may still publish a value. */
    boolean mayPublish() {
        return !isDone() && !detached();
    }

    boolean sent() {
        return sent != null;
    }

    Object key() {
        return key;
    }

    /**
     * Returns whether this flight does that very piece of work; the caller that brought the work is then the leader.
     */
    @SuppressWarnings("ReferenceEquality") // the identity of the work counts
    public boolean isFor(FlightWork<V> some) {
        return work == some;
    }

    /** Returns the work of the flight. */
    public FlightWork<V> work() {
        return work;
    }

    @Nullable
    Flight<V> predecessor() {
        return attachment.predecessor();
    }

    void forgetPredecessor() {
        attachment.forgetPredecessor();
    }

    /** Returns the nanoseconds left before this flight counts as hung; zero or negative when it counts as hung. */
    long untilRetired() {
        Deadline until = deadline;
        return until == null
                ? Long.MAX_VALUE
                : until.plus(FlightTable.RETIRE_AFTER).left();
    }

    /**
     * Returns whether this flight, or a flight whose thread asked for it, is the flight for that key. Its thread would
     * then wait for that key for ever.
     */
    boolean isWithin(Object other) {
        return key.equals(other) || (parent != null && !parent.isDone() && parent.isWithin(other));
    }

    /** Runs the publication unless the flight was detached. */
    void publish(Runnable publication) {
        attachment.publish(publication);
    }

    /**
     * Runs this publication in place of the flight's own later publication.
     *
     * @return false when a failure was published instead before, or the flight was invalidated; then nothing runs
     */
    boolean publishInstead(Runnable publication) {
        return attachment.publishInstead(publication);
    }

    /**
     * Returns whether the work is unbounded and its request is older than ten times the usual exchange. No further
     * caller should wait for such a flight.
     */
    boolean late(Duration usual) {
        Deadline at = sent;
        return at != null
                && work.unbounded()
                && at.plus(usual.multipliedBy(LATE_TIMES)).passed();
    }

    /**
     * Prevents the publications of the predecessors, of this flight and of its successor, in this order. A caller that
     * finds a detached flight starts another flight, and no older flight may publish over the value of that flight.
     */
    void detach() {
        detachPredecessors();
        detachAlone();
    }

    /**
     * Prevents the publications of its predecessors: they have no place in the table, and this flight ends before them.
     */
    void detachPredecessors() {
        attachment.detachPredecessors();
    }

    /** Prevents the publications of this flight and of its successor. */
    void detachAlone() {
        attachment.detach();
    }

    /**
     * Lets another flight take the place of this flight, unless this flight was detached. The lock makes that one step:
     * a detach either sees the successor too, or comes before it and prevents it.
     *
     * @param next the other flight; it counts as sent since the moment at which this flight sent
     * @param taking puts the other flight in the place; false when this flight has lost its place in the table
     * @return whether the other flight took the place
     */
    boolean succeededBy(Flight<V> next, BooleanSupplier taking) {
        next.sent = sent;
        return attachment.succeededBy(next, taking);
    }

    void afterwards(Runnable what) {
        afterwards = what;
    }

    /** Runs the actions for which no waiter waits. The flight's thread calls it after the outcome. */
    void finish() {
        afterwards.run();
    }

    @Override
    public void done() {
        try {
            work.ended();
        } finally {
            super.done();
        }
    }

    /** Ends the flight with that value, unless it has ended. */
    void complete(V value) {
        set(value);
    }

    void fail(Throwable why) {
        setException(why);
    }

    /** The wishes of the waiters: nearly always zero or one. An immutable set of that size takes little memory. */
    private static final class Wishes {
        private final AtomicReference<Set<Object>> all = new AtomicReference<>(Set.of());

        Set<Object> all() {
            return all.get();
        }

        void add(Object wish) {
            all.updateAndGet(known -> {
                if (known.contains(wish)) {
                    return known;
                }
                if (known.isEmpty()) {
                    return Set.of(wish);
                }
                Set<Object> more = new HashSet<>(known);
                more.add(wish);
                return Set.copyOf(more);
            });
        }
    }

    /** The callable of the FutureTask. It exists before its flight, and gets its flight before any thread runs it. */
    private static final class Course<V> implements Callable<V> {
        private final Function<Flight<V>, V> task;
        private @Nullable Flight<V> flight;

        Course(Function<Flight<V>, V> task) {
            this.task = task;
        }

        @Override
        public V call() {
            return task.apply(Objects.requireNonNull(flight));
        }
    }
}
