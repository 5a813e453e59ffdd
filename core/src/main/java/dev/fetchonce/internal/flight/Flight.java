package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.concurrent.SharedTask;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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
public final class Flight<V> extends SharedTask<V> implements Alarms {
    /*
     * States, each moving one way only:
     *
     *   the outcome   NEW -> done                     FutureTask's; by the flight itself, or by who retires it, gives
     *                                                 it up or closes the table
     *   the phase     PREPARES -> QUEUES -> BOARDED   on the flight's thread; the queue may be left out, or entered by
     *                                                 the leader before there is a thread
     *   the clock     none -> prepare() -> none -> board()   likewise, and without the second none where the queue came
     *                                                 first: it has no deadline while it waits for its thread, for its
     *                                                 predecessor or in a queue, since those who wait have their
     *                                                 patience; it has one while code of its work runs
     *   the waiters   see Boarding
     *   the request   unsent -> sent                  send(), on the flight's thread: a refresh may join before it only
     *   the result    ATTACHED -> WITHDRAWN           under lock: its failure was published in its place, as it hung
     *                 ATTACHED -> INVALIDATED         under lock: by an invalidation or close(). In neither case does
     *                                                 the flight publish any more; its waiters still get its value
     *
     * Nothing waits while it holds the lock, and the lock is the last one taken before the store's own.
     */

    private static final int LATE_TIMES = 10;

    private final Object key;
    private final FlightWork<V> work;
    private final ProtocolSteps steps;
    private final Interrupts interrupts;
    private final WaiterCount boarding;
    private final @Nullable Flight<?> parent;

    /** Nearly always one or none: a set of this kind takes little. */
    private final AtomicReference<Set<Object>> wishes = new AtomicReference<>(Set.of());

    private final ReentrantLock lock = new ReentrantLock();

    /** The flight that has taken the place of this one while it flew; written under the lock. */
    private volatile @Nullable Flight<V> successor;

    /** The flight that must end before this one sends; forgotten when it has. */
    private volatile @Nullable Flight<V> predecessor;

    private volatile Result result = Result.ATTACHED;

    /** Past that, and a second more, it counts as hung; null while it cannot. */
    private volatile @Nullable Deadline deadline;

    /** What ends the exchange that its thread waits for. */
    private volatile @Nullable ExchangeTimeout alarm;

    private volatile Phase phase = Phase.PREPARES;
    private volatile @Nullable FlightThread<V> pilot;
    private volatile @Nullable Deadline sent;

    /** Written on the flight's thread before the outcome, read there after it. */
    private Runnable afterwards = () -> {};

    private Flight(
            Object key,
            FlightWork<V> work,
            @Nullable Flight<V> predecessor,
            @Nullable Flight<?> parent,
            WaiterCount.Rule boarding,
            ProtocolSteps steps,
            Interrupts interrupts,
            Course<V> course) {
        super(course, steps, Watchdog.SHORT);
        this.key = key;
        this.work = work;
        this.predecessor = predecessor;
        this.parent = parent;
        this.boarding = new WaiterCount(work.unbounded() ? boarding.cancelling() : boarding);
        this.steps = steps;
        this.interrupts = interrupts;
    }

    /**
     * Makes a flight that is not yet in any table.
     *
     * @param predecessor the flight that must end before this one may send, or null
     * @param parent the flight on whose thread this one is asked for, or null
     * @param boarding how many may wait for it, and whether it goes without them
     * @param carry what the flight's thread does, from first to last
     */
    static <V> Flight<V> of(
            Object key,
            FlightWork<V> work,
            @Nullable Flight<V> predecessor,
            @Nullable Flight<?> parent,
            WaiterCount.Rule boarding,
            ProtocolSteps steps,
            Interrupts interrupts,
            Function<Flight<V>, V> carry) {
        Course<V> course = new Course<>(carry);
        Flight<V> flight = new Flight<>(key, work, predecessor, parent, boarding, steps, interrupts, course);
        course.flight = flight;
        return flight;
    }

    /** Adds to what the waiters would like done with the value before it lands. The table itself does not look at it. */
    public void wish(Object wish) {
        wishes.updateAndGet(known -> {
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

    /** All that they wish so far. */
    public Set<Object> wishes() {
        return wishes.get();
    }

    /** Tells that the work's own code runs from here on, until that deadline at most. */
    void prepare(Deadline until) {
        deadline = until;
    }

    /**
     * Tells that the flight queues from here on, for as long as somebody waits for it.
     *
     * @return false when nobody does, or it was ended meanwhile: it must not go on
     */
    public boolean queue() {
        steps.at("queue");
        deadline = null;
        phase = Phase.QUEUES;
        return boarding.queue() && !isDone();
    }

    /**
     * Tells that the flight has what it queued for, if it had to; from here on it runs until that deadline, whoever waits.
     *
     * @return false when the last one who waited has gone, or it was ended meanwhile: it must not go on
     */
    public boolean board(Deadline until) {
        steps.at("board");
        deadline = until;
        if (!boarding.board() || isDone()) {
            return false;
        }
        phase = Phase.BOARDED;
        return true;
    }

    /** How far the flight has come, or had when it ended. */
    public enum Phase {
        /** It waits for its thread or for its predecessor, or its work's own code runs. */
        PREPARES,
        /** It stands in a queue. */
        QUEUES,
        /** It has what it needs, and goes. */
        BOARDED
    }

    /** How far it has come. */
    public Phase phase() {
        return phase;
    }

    /** Says who flies it, before that one starts. */
    void pilotedBy(FlightThread<V> one) {
        pilot = one;
    }

    /** Who flies it; null before that is said. */
    @Nullable
    FlightThread<V> pilot() {
        return pilot;
    }

    @Override
    public ExchangeTimeout set(Deadline at) {
        ExchangeTimeout mine = new ExchangeTimeout(at, interrupts);
        alarm = mine;
        return mine;
    }

    /** Looks whether somebody's time has come: that of its exchange, or that of some who wait. */
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

    /** Calls it off: interrupts its thread, or keeps that from being started. */
    void callOff() {
        FlightThread<V> one = pilot;
        if (one != null) {
            one.callOff();
        }
    }

    /** Who waits for it. */
    WaiterCount boarding() {
        return boarding;
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

    /** Whether the flight will publish nothing any more. One that was given up will not, from that very step on. */
    boolean detached() {
        return result != Result.ATTACHED || boarding.givenUp();
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
    public boolean does(FlightWork<V> some) {
        return work == some;
    }

    /** What it does. */
    public FlightWork<V> work() {
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
        Deadline until = deadline;
        return until == null
                ? Long.MAX_VALUE
                : until.plus(FlightTable.RETIRE_AFTER).left();
    }

    /** Whether this flight, or one on whose thread it was asked for, flies that key: to wait for it would be for ever. */
    boolean flies(Object other) {
        return key.equals(other) || (parent != null && !parent.isDone() && parent.flies(other));
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
            result = Result.WITHDRAWN; // first: where that cannot be published, nor can what comes later
            publication.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it may last for ever, and has for ten times as long as others may: then nobody else should wait for it. */
    boolean late(Duration usual) {
        Deadline at = sent;
        return at != null
                && work.unbounded()
                && at.plus(usual.multipliedBy(LATE_TIMES)).passed();
    }

    /**
     * Keeps the flight from publishing, its predecessors before it, and its successor. A caller that finds a detached flight starts
     * another one, and no older flight may publish over that.
     */
    void detach() {
        overtake();
        detachAlone();
    }

    /** Keeps its predecessors from publishing: they have no place in the table, and this one ends before them. */
    void overtake() {
        Flight<V> before = predecessor;
        if (before != null) {
            before.detach();
        }
    }

    /** Keeps the flight and its successor from publishing. */
    void detachAlone() {
        Flight<V> next;
        lock.lock();
        try {
            result = Result.INVALIDATED;
            next = successor;
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.detach();
        }
    }

    /**
     * Lets another one take its place, unless this one was detached: that must see both, or none.
     *
     * @param next has sent its request when this one has
     * @param taking puts it there; false when this one has no place any more
     * @return whether it did
     */
    boolean succeededBy(Flight<V> next, BooleanSupplier taking) {
        lock.lock();
        try {
            next.sent = sent;
            boolean taken = !detached() && taking.getAsBoolean();
            successor = taken ? next : null;
            return taken;
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

    @Override
    public void done() {
        try {
            work.ended();
        } finally {
            super.done();
        }
    }

    /** Ends the flight with that value, if it has not ended. */
    void land(V value) {
        set(value);
    }

    void fail(Throwable why) {
        setException(why);
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
