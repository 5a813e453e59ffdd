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
 * The flights that are up, at most one registered for each key. Thread-safe.
 *
 * <p>However many threads call {@link #fly} for a key, one of them, the leader, installs a flight and begins it, which has it
 * started on a virtual thread of its own at once or at its turn; all of them wait for it with {@link #await}.
 *
 * @param <K> what is flown for
 * @param <V> what a flight brings
 */
public class FlightTable<K, V> {
    /*
     * The order of the steps is the whole point; each is marked by steps.at(..) and every interleaving is tested.
     *
     *   install      get, else computeIfAbsent (which only constructs); then enter aloft, so that whoever joins is
     *                watched; then look again in the store: a landing may have come between the caller's first look and
     *                the installing. One that follows another looks when that one has ended
     *   land         publish (under the flight's lock, unless detached); leave the table; complete.
     *                Leaving before publishing lets a second request go out; completing before leaving lets a later
     *                caller join a flight that has already failed
     *   invalidate   detach the flight under its lock; take it out; only then forget what is stored. Forgetting first,
     *                a flight that read the old value stores it after the invalidation; taking out first, it stores it
     *                over what the next flight has brought meanwhile
     *   abandon      the last who leaves a flight that queues gives it up, then takes it out; a joiner that finds it given
     *                up takes it out as well and starts another
     *   refresh      join what has not sent; else take the running flight's place with one that waits for it to end. Where
     *                that one ends first, it detaches the running flight before it publishes
     *   begin        look at closed; then start, or queue without a thread: a turn starts it, or finds that the flight
     *                was called off, and goes to the next in the line
     *   close        set closed, then sweep; a leader looks at closed after it has entered its flight in aloft
     *
     * What is not private and not public is what the tests' mutants replace.
     */

    /** How long after its deadline a flight counts as hung. */
    static final Duration RETIRE_AFTER = Duration.ofSeconds(1);

    /** The flights that can be joined. */
    final ConcurrentHashMap<K, Flight<V>> flights = new ConcurrentHashMap<>();

    final RunningFlights<V> aloft;
    final FlightLifecycle<V> endings;
    final UnexpectedErrors unforeseen;
    final Interrupts interrupts;
    private final Waiting<V> waiting;
    private final Watchdog watch;
    private final ThreadFactory threads;
    private final ProtocolSteps steps;
    private final Duration exchange;
    private final WaiterCount.Rule boarding;
    private volatile boolean closed;

    /**
     * Makes an empty table.
     *
     * @param exchange the longest that a flight takes before it queues, and again once it has boarded
     * @param maximumWaiters how many may wait for one flight; at least 1
     * @param abandoned what becomes of a flight that has boarded when nobody waits for it any more
     * @param unforeseen told on a flight's thread, at its end, what was thrown where there was no caller to throw it at; not
     *     twice in a row of one class
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
            WaiterCount.Rule boarding,
            ThreadFactory threads,
            ProtocolSteps steps,
            Consumer<Throwable> unforeseen) {
        this.boarding = boarding;
        this.exchange = exchange;
        this.threads = threads;
        this.steps = steps;
        this.unforeseen = new UnexpectedErrors(unforeseen);
        this.interrupts = new Interrupts(steps, this.unforeseen);
        this.aloft = new RunningFlights<>(steps, this.unforeseen);
        this.endings = new FlightLifecycle<>(flights, steps, this.unforeseen);
        this.waiting = new Waiting<>(exchange, endings);
        this.watch = new Watchdog(aloft, steps, this.unforeseen, Watchdog.LINGERS);
    }

    /**
     * The flight for this key: the one that is up, or a new one that does this work. The caller is counted among those who
     * wait for it, and must {@link #await} it.
     *
     * @throws TooManyWaitersException when as many wait for it as may
     * @throws SelfJoinException when called on the thread of the very flight it would wait for
     */
    public Flight<V> fly(K key, FlightWork<V> work) {
        refuseSelfJoin(key);
        for (; ; ) {
            Flight<V> flight = registered(key, work);
            if (flight.does(work) || joined(flight)) {
                return flight;
            }
        }
    }

    /** The registered flight; where there is none a new one, which is launched. */
    private Flight<V> registered(K key, FlightWork<V> work) {
        steps.at("get");
        Flight<V> flight = flights.get(key);
        if (flight == null) {
            steps.at("install");
            flight = flights.computeIfAbsent(key, k -> flight(k, work, null));
            if (flight.does(work)) {
                launch(flight);
            }
        }
        return flight;
    }

    /**
     * A flight for this key that has not sent its request when this method is called. Where the registered flight has
     * sent, the new one takes its place and sends when that one has ended; all who refresh meanwhile share it. Otherwise as {@link #fly}.
     *
     * @throws SelfJoinException when called on the thread of the very flight it would wait for
     */
    public Flight<V> flyAfresh(K key, FlightWork<V> work) {
        refuseSelfJoin(key);
        for (; ; ) {
            Flight<V> running = registered(key, work);
            if (running.does(work) || (!running.sent() && joined(running))) {
                return running;
            }
            if (running.sent() && !endings.retiredIfHung(running)) {
                steps.at("replace");
                Flight<V> next = flight(key, work, running);
                if (flights.replace(key, running, next)) {
                    launch(next);
                    return next;
                }
            }
        }
    }

    /** A flight that nobody else can join; otherwise as {@link #fly}. */
    public Flight<V> flyAlone(K key, FlightWork<V> work) {
        refuseSelfJoin(key);
        Flight<V> flight = flight(key, work, null);
        launch(flight);
        return flight;
    }

    /**
     * Puts a flight in the place of the one whose thread calls this, as a part of what that one brings goes on coming. The new one
     * counts as sent, and its leader as one who waits for it until somebody {@linkplain #leaveAlone leaves} in its name.
     *
     * @param mine the flight whose thread this is
     * @return whether it did; not where that flight cannot be joined any more, or was detached
     */
    public boolean succeed(Flight<V> mine, FlightWork<V> rest) {
        Flight<V> next = Flight.of(mine.key(), rest, null, null, boarding, steps, interrupts, this::carry);
        boolean succeeds = succeeded(mine, next);
        if (succeeds) {
            launch(next);
        }
        return succeeds;
    }

    boolean succeeded(Flight<V> mine, Flight<V> next) {
        steps.at("succeed");
        return mine.succeededBy(next, () -> flights.replace(key(mine), mine, next));
    }

    /** Whether the caller is among those who wait for a flight now; if not, the flight is out of the table. */
    boolean joined(Flight<V> flight) {
        if (endings.outOfReach(flight, exchange)) {
            return false;
        }
        steps.at("join");
        return switch (flight.boarding().join()) {
            case JOINED -> true;
            case ABANDONED -> {
                leave(flight); // given up at this very moment
                yield false;
            }
            case FULL -> throw new TooManyWaitersException();
        };
    }

    /**
     * Waits for a flight to end.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; the flight goes on if others wait
     *     for it, or if it has boarded
     * @throws TimeoutException when patience ended first; likewise
     */
    public V await(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        try {
            return waiting.forEnd(flight, patience);
        } catch (Throwable e) { // an Error, too, is this caller's alone
            endings.abandon(flight);
            throw e;
        }
    }

    /** As {@link #await}, but when patience ends the caller still counts among those who wait. */
    public V awaitFor(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        try {
            return waiting.forEnd(flight, patience);
        } catch (InterruptedException | RuntimeException | Error e) {
            endings.abandon(flight);
            throw e;
        }
    }

    /** Takes the caller off those who wait for a flight. The flight goes on in the background, with or without waiters. */
    public void leaveToBackground(Flight<V> flight) {
        steps.at("leave to background");
        flight.boarding().toBackground();
    }

    /** Takes the caller off those who wait for a flight. */
    public void leaveAlone(Flight<V> flight) {
        endings.abandon(flight);
    }

    /**
     * Takes out every flight for such a key, those that nobody can join included: none of them will publish what it
     * brings, none can be joined any more; those who wait already still get its value.
     *
     * <p>Looks at every flight once or twice, however many keys there are: many keys are better taken out together.
     *
     * @param forget run after that: drops what is stored under such keys
     * @return the keys of the flights that there were
     */
    public Set<K> invalidate(Predicate<? super K> keys, Runnable forget) {
        Set<K> flown = new HashSet<>();
        steps.at("detach aloft");
        for (Flight<V> flight : aloft.all()) { // those that fly alone are found here only
            if (keys.test(key(flight)) && flight.up()) {
                flown.add(key(flight));
                flight.detach();
            }
        }
        for (Flight<V> registered : flights.values()) {
            if (keys.test(key(registered))) {
                flown.add(key(registered));
                steps.at("detach");
                registered.detach();
                steps.at("take out");
                leave(registered);
            }
        }
        steps.at("forget");
        forget.run();
        return flown;
    }

    /** Whether there is a flight for this key that can be joined. One that hung is ended. */
    public boolean isUp(K key) {
        Flight<V> flight = flights.get(key);
        return flight != null && !endings.outOfReach(flight, exchange);
    }

    /** The keys of the flights that are up now, those that nobody can join included; weakly consistent. */
    public Set<K> keys() {
        Set<K> keys = new HashSet<>(flights.keySet());
        aloft.eachUp(flight -> keys.add(key(flight)));
        return keys;
    }

    /** How many flights are up, those that can no longer be joined included. */
    public int size() {
        return aloft.size();
    }

    /**
     * Ends all flights and waits for their threads; flights that are asked for later end at once. A second call waits
     * too. The thread of a flight may call it, and is not waited for.
     *
     * @param bound the longest wait
     * @return whether every other flight's thread has ended
     */
    public boolean close(Duration bound) {
        Deadline deadline = Deadline.after(bound);
        closed = true;
        steps.at("sweep");
        flights.values().forEach(endings::close);
        steps.at("sweep aloft");
        aloft.all().forEach(endings::close);
        aloft.callOffOthers();
        boolean ended = aloft.awaitOthers(deadline);
        watch.awaitEnd(deadline);
        return ended;
    }

    private Flight<V> flight(K key, FlightWork<V> work, @Nullable Flight<V> predecessor) {
        StackHeadroom.require(); // or an overflow could leave it registered, and nobody to fly it
        return Flight.of(key, work, predecessor, aloft.mine(), boarding, steps, interrupts, this::carry);
    }

    private void refuseSelfJoin(K key) {
        Flight<V> mine = aloft.mine();
        if (mine != null && mine.flies(key)) {
            throw new SelfJoinException(key);
        }
    }

    /** The leader's part: have it watched, as others may wait for it by now; look again; then start, or queue without a thread. */
    private void launch(Flight<V> flight) {
        try {
            FlightThread<V> pilot = pilot(flight, threads);
            steps.at("enter");
            aloft.enter(pilot, flight);
            watch.begin();
            boolean follows = flight.predecessor() != null;
            V found = follows ? null : lookAgain(flight);
            if (found != null) {
                settle(flight, FlightResult.of(found));
                flight.land(found);
                flight.callOff();
                return;
            }
            steps.at("look at closed");
            if (closed()) {
                endings.close(flight);
                flight.callOff();
                return;
            }
            if (follows) {
                pilot.start();
            } else {
                flight.work().start(flight, pilot::start);
            }
        } catch (Throwable e) { // whatever it is: nobody may be left waiting
            if (flight.isDone()) {
                unforeseen.met(e); // else those who wait for it learn of it
            }
            endings.end(flight, e);
            flight.callOff();
        }
    }

    FlightThread<V> pilot(Flight<V> flight, ThreadFactory factory) {
        return new FlightThread<>(flight, aloft, endings, steps, interrupts, unforeseen, factory);
    }

    /** The flight's part: from its start to the moment before its waiters are let go. */
    private V carry(Flight<V> flight) {
        try {
            FlightResult<V> landing = land(flight);
            flight.afterwards(landing.afterwards());
            return settled(flight, landing);
        } finally {
            leave(flight); // again, in case something above threw: an ended flight must not be found
        }
    }

    /** What those who wait get: where the result cannot be published, that it was lost. */
    private V settled(Flight<V> flight, FlightResult<V> landing) {
        try {
            settle(flight, landing);
            steps.at("complete");
            return landing.value();
        } catch (Throwable e) {
            unforeseen.met(e);
            return flight.work().describeFailure(e).value();
        }
    }

    private @Nullable V lookAgain(Flight<V> flight) {
        steps.at("look again");
        return flight.work().recheck();
    }

    private FlightResult<V> land(Flight<V> flight) {
        try {
            boolean follows = flight.predecessor() != null;
            awaitPredecessor(flight);
            flight.prepare(Deadline.after(exchange));
            V found = follows ? lookAgain(flight) : null;
            steps.at("fly");
            return found == null ? flight.work().run(flight) : FlightResult.of(found);
        } catch (Throwable e) { // whatever it is, the waiters learn of it
            flight.overtake();
            return flight.work().describeFailure(e);
        }
    }

    void awaitPredecessor(Flight<V> flight) throws InterruptedException {
        waiting.forPredecessor(flight);
    }

    void settle(Flight<V> flight, FlightResult<V> landing) {
        steps.at("publish");
        flight.publish(landing.publication());
        steps.at("leave");
        leave(flight);
    }

    void leave(Flight<V> flight) {
        flights.remove(key(flight), flight);
    }

    @SuppressWarnings("unchecked") // it is what this table made the flight with
    private K key(Flight<V> flight) {
        return (K) flight.key();
    }

    boolean closed() {
        return closed;
    }

    /**
     * Checks what must hold when no call is under way.
     *
     * @throws IllegalStateException saying what does not
     */
    void checkInvariants() {
        flights.forEach((key, flight) -> {
            if (flight.isDone()) {
                throw new IllegalStateException("a flight that has ended is still registered: " + key);
            }
            if (flight.detached()) {
                throw new IllegalStateException("a detached flight is still registered: " + key);
            }
            if (!aloft.has(flight)) {
                throw new IllegalStateException("a registered flight is not aloft: " + key);
            }
        });
    }
}
