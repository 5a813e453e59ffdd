package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The table of flights; it registers at most one flight for each key. Thread-safe.
 *
 * <p>Many threads may call {@link #fly} for a key. One of them, the leader, installs a flight and begins it. The flight
 * starts on a virtual thread of its own, at once or at its turn. The leader and all other callers wait for it with
 * {@link #await}.
 *
 * @param <K> the key of a flight
 * @param <V> the value of a flight
 */
public class FlightTable<K, V> {
    /*
     * The order of the steps makes the table correct. steps.at(..) marks each step, and the tests run every
     * interleaving.
     *
     *   install      get, else computeIfAbsent (which only constructs). Then enter the active flights, so
     *                that the watchdog serves every waiter. Then look again in the store: a flight may have landed
     *                between the caller's first look and the install. A flight that follows another looks again when
     *                that flight has ended.
     *   land         publish (under the flight's lock, unless detached); leave the table; complete.
     *                A leave before the publication lets a second request go out. A completion before the leave lets a
     *                later caller join a flight that has already failed.
     *   invalidate   detach the flight under its lock; take it out; only then forget the stored response. If the forget
     *                came first, a flight that read the old value would store it after the invalidation. If the removal
     *                came before the detach, the flight would store it over the value of the next flight.
     *   abandon      the last waiter that leaves a queued flight gives it up, then takes it out. A joiner that finds a
     *                flight given up takes it out as well and starts another flight.
     *   refresh      join a flight that has not sent; else replace the running flight by a flight that waits for its end.
     *                Where the new flight ends first, it detaches the running flight before it publishes.
     *   begin        look at closed; then start, or queue without a thread. The turn starts the flight; where the flight
     *                was called off, the permit goes to the next place in the line.
     *   close        set closed, then sweep. A leader looks at closed after its flight is active.
     *
     * The mutants of the tests replace the package-private members.
     */

    /** The time after its deadline at which a flight counts as hung. */
    static final Duration RETIRE_AFTER = Duration.ofSeconds(1);

    /** The flights that callers can join. */
    final ConcurrentHashMap<K, Flight<V>> flights = new ConcurrentHashMap<>();

    final ActiveFlights<V> activeFlights;
    final FlightLifecycle<V> lifecycle;
    final UnexpectedErrors unexpectedErrors;
    final Interrupts interrupts;
    private final Watchdog watchdog;
    private final ThreadFactory threads;
    private final ProtocolSteps steps;
    private final Duration exchangeTime;
    private final WaiterCount.Rule waiterRule;
    private volatile boolean closed;

    /**
     * Makes an empty table.
     *
     * @param exchange the longest time of a flight before it queues, and again once it runs
     * @param maximumWaiters the maximum number of waiters of one flight; at least 1
     * @param abandoned the rule for a running flight whose last waiter has left
     * @param unforeseen the listener for throwables that have no caller to reach. A flight's thread calls it at its
     *     end, and not twice in a row for one class
     */
    public FlightTable(Duration exchange, int maximumWaiters, AbandonPolicy abandoned, Consumer<Throwable> unforeseen) {
        this(
                exchange,
                new WaiterCount.Rule(maximumWaiters, abandoned),
                Thread.ofVirtual()
                        .name("fetchonce-flight")
                        .inheritInheritableThreadLocals(false)
                        .factory(),
                ProtocolSteps.NONE,
                unforeseen);
    }

    FlightTable(Duration exchange, ThreadFactory threads, ProtocolSteps steps) {
        this(exchange, WaiterCount.Rule.NONE, threads, steps, what -> {});
    }

    FlightTable(
            Duration exchange,
            WaiterCount.Rule waiterRule,
            ThreadFactory threads,
            ProtocolSteps steps,
            Consumer<Throwable> unforeseen) {
        this.waiterRule = waiterRule;
        this.exchangeTime = exchange;
        this.threads = threads;
        this.steps = steps;
        this.unexpectedErrors = new UnexpectedErrors(unforeseen);
        this.interrupts = new Interrupts(steps, this.unexpectedErrors);
        this.activeFlights = new ActiveFlights<>(steps, this.unexpectedErrors);
        this.lifecycle = new FlightLifecycle<>(flights, exchange, steps, this.unexpectedErrors);
        this.watchdog = new Watchdog(activeFlights, steps, this.unexpectedErrors, Watchdog.LINGERS);
    }

    /**
     * Returns the flight for this key: the registered flight, or a new flight that does this work. The caller becomes
     * one of its waiters, and must {@link #await} it.
     *
     * @throws TooManyWaitersException when the flight has its maximum of waiters
     * @throws SelfJoinException when called on the thread of the very flight for which it would wait
     */
    public Flight<V> fly(K key, FlightWork<V> work) {
        refuseSelfJoin(key);
        for (; ; ) {
            Flight<V> flight = findOrLaunch(key, work);
            if (flight.isFor(work) || tryJoin(flight)) {
                return flight;
            }
        }
    }

    /** Returns the registered flight; where the key has no flight, launches a new flight and returns it. */
    private Flight<V> findOrLaunch(K key, FlightWork<V> work) {
        steps.at("get");
        Flight<V> flight = flights.get(key);
        if (flight == null) {
            steps.at("install");
            flight = flights.computeIfAbsent(key, k -> flight(k, work, null));
            if (flight.isFor(work)) {
                launch(flight);
            }
        }
        return flight;
    }

    /**
     * Returns a flight for this key that has not sent its request at the time of this call. Where the registered flight
     * has sent, a new flight takes its place and sends once that flight has ended. All callers that refresh meanwhile
     * share the new flight. In all else this method is like {@link #fly}.
     *
     * @throws SelfJoinException when called on the thread of the very flight for which it would wait
     */
    public Flight<V> flyAfresh(K key, FlightWork<V> work) {
        refuseSelfJoin(key);
        for (; ; ) {
            Flight<V> running = findOrLaunch(key, work);
            if (running.isFor(work) || (!running.sent() && tryJoin(running))) {
                return running;
            }
            if (running.sent() && !lifecycle.retireIfHung(running)) {
                steps.at("replace");
                Flight<V> next = flight(key, work, running);
                if (flights.replace(key, running, next)) {
                    launch(next);
                    return next;
                }
            }
        }
    }

    /** Returns a new flight that no other caller can join; in all else like {@link #fly}. */
    public Flight<V> flyAlone(K key, FlightWork<V> work) {
        refuseSelfJoin(key);
        Flight<V> flight = flight(key, work, null);
        launch(flight);
        return flight;
    }

    /**
     * Puts a new flight in the place of the flight whose thread calls this, as the rest of its value still comes. The
     * new flight counts as sent. Its leader counts as a waiter until {@link #leaveAlone} is called in its name.
     *
     * @param mine the flight of the current thread
     * @return whether the new flight took the place; false where that flight has left the table or was detached
     */
    public boolean succeed(Flight<V> mine, FlightWork<V> rest) {
        Flight<V> next = Flight.of(mine.key(), rest, null, null, waiterRule, steps, interrupts, this::onFlightThread);
        boolean succeeds = replaceBySuccessor(mine, next);
        if (succeeds) {
            launch(next);
        }
        return succeeds;
    }

    boolean replaceBySuccessor(Flight<V> mine, Flight<V> next) {
        steps.at("succeed");
        return mine.succeededBy(next, () -> flights.replace(key(mine), mine, next));
    }

    /** Returns whether the caller is a waiter of the flight now; where it is not, the flight is out of the table. */
    boolean tryJoin(Flight<V> flight) {
        if (lifecycle.removeIfOutOfReach(flight)) {
            return false;
        }
        steps.at("join");
        return switch (flight.waiterCount().join()) {
            case JOINED -> true;
            case ABANDONED -> {
                leave(flight); // its last waiter has just given it up
                yield false;
            }
            case FULL -> throw new TooManyWaitersException();
        };
    }

    /**
     * Waits for a flight to end.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; the flight goes on if it has
     *     other waiters, or if it runs and the {@link AbandonPolicy} lets it land
     * @throws TimeoutException when the patience ended before the flight; the flight goes on under these conditions too
     */
    public V await(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        try {
            return lifecycle.awaitEnd(flight, patience);
        } catch (Throwable e) { // an Error, too, concerns this caller alone
            lifecycle.abandon(flight);
            throw e;
        }
    }

    /** Waits like {@link #await}; but when the patience ends, the caller still counts as a waiter. */
    public V awaitFor(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        try {
            return lifecycle.awaitEnd(flight, patience);
        } catch (InterruptedException | RuntimeException | Error e) {
            lifecycle.abandon(flight);
            throw e;
        }
    }

    /**
     * Removes the caller from the waiters of a flight. The flight goes on in the background, with or without waiters.
     */
    public void leaveToBackground(Flight<V> flight) {
        steps.at("leave to background");
        flight.waiterCount().toBackground();
    }

    /** Removes the caller from the waiters of a flight. */
    public void leaveAlone(Flight<V> flight) {
        lifecycle.abandon(flight);
    }

    /**
     * Takes out every flight for the matching keys, including flights that no caller can join. Such a flight publishes
     * nothing more, and no caller can join it any more. Its present waiters still get its value.
     *
     * <p>The cost is one or two looks at every flight, however many keys match. One call for many keys is better than
     * many calls.
     *
     * @param forget the action that drops the stored responses of the matching keys; it runs after that
     * @return the keys of the flights that were found
     */
    public Set<K> invalidate(Predicate<? super K> keys, Runnable forget) {
        Set<K> detachedKeys = new HashSet<>();
        steps.at("detach active");
        for (Flight<V> flight : activeFlights.all()) { // flights of flyAlone are found here only
            if (keys.test(key(flight)) && flight.mayPublish()) {
                detachedKeys.add(key(flight));
                flight.detach();
            }
        }
        for (Flight<V> registered : flights.values()) {
            if (keys.test(key(registered))) {
                detachedKeys.add(key(registered));
                steps.at("detach");
                registered.detach();
                steps.at("take out");
                leave(registered);
            }
        }
        steps.at("forget");
        forget.run();
        return detachedKeys;
    }

    /** Returns whether this key has a flight that a caller can join. Ends a flight that hung. */
    public boolean isJoinable(K key) {
        Flight<V> flight = flights.get(key);
        return flight != null && !lifecycle.removeIfOutOfReach(flight);
    }

    /**
     * Returns the keys of the flights that are up now, including flights that no caller can join; weakly consistent.
     */
    public Set<K> keys() {
        Set<K> keys = new HashSet<>(flights.keySet());
        activeFlights.forEachThatMayPublish(flight -> keys.add(key(flight)));
        return keys;
    }

    /** Returns the number of flights, including flights that no caller can join. */
    public int size() {
        return activeFlights.size();
    }

    /**
     * Ends all flights and waits for their threads. A later flight ends at once. A second call waits too. The thread of
     * a flight may call this method, which then does not wait for that thread.
     *
     * @param bound the longest wait
     * @return whether the threads of all other flights have ended
     */
    public boolean close(Duration bound) {
        Deadline deadline = Deadline.after(bound);
        closed = true;
        steps.at("sweep");
        flights.values().forEach(lifecycle::close);
        steps.at("sweep active");
        activeFlights.all().forEach(lifecycle::close);
        activeFlights.callOffOthers();
        boolean ended = activeFlights.awaitOthers(deadline);
        watchdog.awaitEnd(deadline);
        return ended;
    }

    private Flight<V> flight(K key, FlightWork<V> work, @Nullable Flight<V> predecessor) {
        StackHeadroom.require(); // a later overflow could leave it registered without a thread
        return Flight.of(
                key, work, predecessor, activeFlights.current(), waiterRule, steps, interrupts, this::onFlightThread);
    }

    private void refuseSelfJoin(K key) {
        Flight<V> mine = activeFlights.current();
        if (mine != null && mine.isWithin(key)) {
            throw new SelfJoinException(key);
        }
    }

    /**
     * Does the leader's part: has the flight watched, as other callers may wait for it by now; looks again; then starts
     * the flight, or lets it queue without a thread.
     */
    private void launch(Flight<V> flight) {
        try {
            FlightThread<V> flightThread = flightThread(flight, threads);
            steps.at("enter");
            activeFlights.enter(flightThread, flight);
            watchdog.begin();
            boolean follows = flight.predecessor() != null;
            V found = follows ? null : secondLook(flight);
            if (found != null) {
                publishAndLeave(flight, FlightResult.of(found));
                flight.complete(found);
                flight.callOff();
                return;
            }
            steps.at("look at closed");
            if (closed()) {
                lifecycle.close(flight);
                flight.callOff();
                return;
            }
            if (follows) {
                flightThread.start();
            } else {
                flight.work().begin(flight, flightThread::start);
            }
        } catch (Throwable e) { // every throwable: no waiter may stay without an outcome
            if (flight.isDone()) {
                unexpectedErrors.add(e); // otherwise the waiters get it as the failure
            }
            lifecycle.end(flight, e);
            flight.callOff();
        }
    }

    FlightThread<V> flightThread(Flight<V> flight, ThreadFactory factory) {
        return new FlightThread<>(flight, activeFlights, lifecycle, steps, interrupts, unexpectedErrors, factory);
    }

    /** Does the flight's part: from its start to the moment before the release of its waiters. */
    private V onFlightThread(Flight<V> flight) {
        try {
            FlightResult<V> landing = runWork(flight);
            flight.afterwards(landing.afterwards());
            return published(flight, landing);
        } finally {
            leave(flight); // once more, in case a line above threw: the table must not hold an ended flight
        }
    }

    /**
     * Settles the flight and returns the value for its waiters; where the publication throws, a description of that
     * failure.
     */
    private V published(Flight<V> flight, FlightResult<V> landing) {
        try {
            publishAndLeave(flight, landing);
            steps.at("complete");
            return landing.value();
        } catch (Throwable e) {
            unexpectedErrors.add(e);
            return flight.work().describeFailure(e).value();
        }
    }

    private @Nullable V secondLook(Flight<V> flight) {
        steps.at("look again");
        return flight.work().secondLook();
    }

    private FlightResult<V> runWork(Flight<V> flight) {
        try {
            boolean follows = flight.predecessor() != null;
            if (follows) {
                awaitPredecessor(flight);
            }
            flight.prepare(Deadline.after(exchangeTime));
            V found = follows ? secondLook(flight) : null;
            steps.at("fly");
            return found == null ? flight.work().run(flight) : FlightResult.of(found);
        } catch (Throwable e) { // every throwable: the waiters get it as the failure
            flight.detachPredecessors();
            return flight.work().describeFailure(e);
        }
    }

    void awaitPredecessor(Flight<V> flight) throws InterruptedException {
        lifecycle.awaitPredecessor(flight);
    }

    void publishAndLeave(Flight<V> flight, FlightResult<V> landing) {
        steps.at("publish");
        flight.publish(landing.publication());
        steps.at("leave");
        leave(flight);
    }

    void leave(Flight<V> flight) {
        flights.remove(key(flight), flight);
    }

    @SuppressWarnings("unchecked") // this table made the flight with a key of type K
    private K key(Flight<V> flight) {
        return (K) flight.key();
    }

    boolean closed() {
        return closed;
    }

    /**
     * Checks the invariants that hold while no call is under way.
     *
     * @throws IllegalStateException when an invariant does not hold; the message names it
     */
    void checkInvariants() {
        flights.forEach((key, flight) -> {
            if (flight.isDone()) {
                throw new IllegalStateException("a flight that has ended is still registered: " + key);
            }
            if (flight.detached()) {
                throw new IllegalStateException("a detached flight is still registered: " + key);
            }
            if (!activeFlights.has(flight)) {
                throw new IllegalStateException("a registered flight is not active: " + key);
            }
        });
    }
}
