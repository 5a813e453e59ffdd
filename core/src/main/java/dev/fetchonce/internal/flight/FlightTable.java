package dev.fetchonce.internal.flight;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The flights that are up, at most one registered for each key. Thread-safe.
 *
 * <p>However many threads call {@link #fly} for a key, one of them, the leader, installs a flight and starts it on a
 * virtual thread of its own; all of them wait for it with {@link #await}.
 *
 * @param <K> what is flown for
 * @param <V> what a flight brings
 */
public class FlightTable<K, V> {
    /*
     * The order of the steps is the whole point; each is marked by steps.at(..) and every interleaving is tested.
     *
     *   install      get, else computeIfAbsent (which only constructs); then look again in the store: a landing may
     *                have come between the caller's first look and the installing
     *   land         publish (under the flight's lock, unless detached); leave the table; complete.
     *                Leaving before publishing lets a second request go out; completing before leaving lets a later
     *                caller join a flight that has already failed
     *   invalidate   detach the flight under its lock; take it out; only then forget what is stored. Forgetting first,
     *                a flight that read the old value stores it after the invalidation; taking out first, it stores it
     *                over what the next flight has brought meanwhile
     *   refresh      join what has not sent; else take the running flight's place with one that waits for it to end
     *   close        set closed, then sweep; a leader looks at closed after it has entered its flight in aloft
     *
     * What is not private and not public is what the tests' mutants replace.
     */

    /** How long after its deadline a flight counts as hung. */
    static final Duration RETIRE_AFTER = Duration.ofSeconds(1);

    /** The flights that can be joined. */
    final ConcurrentHashMap<K, Flight<V>> flights = new ConcurrentHashMap<>();

    private final Aloft<V> aloft;
    private final ThreadFactory threads;
    private final Steps steps;
    private final Duration queue;
    private final Duration exchange;
    private volatile boolean closed;

    /**
     * Makes an empty table.
     *
     * @param queue the longest a flight takes before it boards
     * @param exchange the longest it takes after that
     */
    public FlightTable(Duration queue, Duration exchange) {
        this(
                queue,
                exchange,
                Thread.ofVirtual()
                        .name("fetchonce-flight-", 0)
                        .inheritInheritableThreadLocals(false)
                        .factory(),
                Steps.NONE);
    }

    FlightTable(Duration queue, Duration exchange, ThreadFactory threads, Steps steps) {
        this.queue = queue;
        this.exchange = exchange;
        this.threads = threads;
        this.steps = steps;
        this.aloft = new Aloft<>(steps);
    }

    /**
     * The flight for this key: the one that is up, or a new one that does this work.
     *
     * @throws IllegalStateException when called on the thread of the very flight it would wait for
     */
    public Flight<V> fly(K key, Work<V> work) {
        refuseSelfJoin(key);
        for (; ; ) {
            steps.at("get");
            Flight<V> flight = flights.get(key);
            if (flight == null) {
                steps.at("install");
                flight = flights.computeIfAbsent(key, k -> flight(k, work, null));
                if (flight.does(work)) {
                    launch(flight);
                }
            }
            if (!retiredIfHung(flight)) {
                return flight;
            }
        }
    }

    /**
     * A flight for this key that has not sent its request when this method is called. Where the registered flight has
     * sent, the new one takes its place and sends when that one has ended; all who refresh meanwhile share it.
     *
     * @throws IllegalStateException when called on the thread of the very flight it would wait for
     */
    public Flight<V> flyAfresh(K key, Work<V> work) {
        refuseSelfJoin(key);
        for (; ; ) {
            steps.at("get");
            Flight<V> running = flights.get(key);
            if (running == null) {
                steps.at("install");
                running = flights.computeIfAbsent(key, k -> flight(k, work, null));
                if (running.does(work)) {
                    launch(running);
                    return running;
                }
            }
            if (retiredIfHung(running)) {
                continue;
            }
            if (!running.sent()) {
                return running;
            }
            steps.at("replace");
            Flight<V> next = flight(key, work, running);
            if (flights.replace(key, running, next)) {
                launch(next);
                return next;
            }
        }
    }

    /** A flight that nobody else can join. */
    public Flight<V> flyAlone(K key, Work<V> work) {
        refuseSelfJoin(key);
        Flight<V> flight = flight(key, work, null);
        launch(flight);
        return flight;
    }

    /**
     * Waits for a flight to end.
     *
     * @throws InterruptedException when the current thread is or becomes interrupted; the flight goes on
     * @throws TimeoutException when patience ended first; the flight goes on
     */
    public V await(Flight<V> flight, Deadline patience) throws InterruptedException, TimeoutException {
        // The retire time moves nearer when the flight boards, so nobody sleeps for longer than a boarded flight may
        // take.
        long recheck = Deadline.nanosOf(exchange.plus(RETIRE_AFTER));
        for (; ; ) {
            long slice = Math.min(recheck, Math.max(flight.untilRetired(), 1));
            try {
                return flight.get(Math.min(patience.left(), slice), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!retiredIfHung(flight) && patience.passed()) {
                    throw e;
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("the work could not even describe its failure", e.getCause());
            }
        }
    }

    /**
     * Takes out every flight for such a key, those that nobody can join included: none of them will publish what it
     * brings, none can be joined any more; those who wait already still get its value.
     *
     * @param forget run after that: drops what is stored under such keys
     * @return whether there was such a flight
     */
    public boolean invalidate(Predicate<? super K> keys, Runnable forget) {
        boolean any = false;
        steps.at("detach aloft");
        for (Flight<V> flight : aloft.all()) { // those that fly alone are found here only
            if (flight.up() && keys.test(key(flight))) {
                any = true;
                flight.detach();
            }
        }
        for (Flight<V> registered : flights.values()) {
            if (keys.test(key(registered))) {
                any = true;
                steps.at("detach");
                for (Flight<V> flight = registered; flight != null; flight = flight.predecessor()) {
                    flight.detach();
                }
                steps.at("take out");
                leave(registered);
            }
        }
        steps.at("forget");
        forget.run();
        return any;
    }

    /** The keys of the flights that are up now, those that nobody can join included; weakly consistent. */
    public Set<K> keys() {
        Set<K> keys = new HashSet<>(flights.keySet());
        aloft.all().stream().filter(Flight::up).forEach(flight -> keys.add(key(flight)));
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
        for (Flight<V> flight : flights.values()) {
            endClosed(flight);
        }
        steps.at("sweep aloft");
        for (Flight<V> flight : aloft.all()) {
            endClosed(flight);
        }
        aloft.interruptOthers();
        return aloft.awaitOthers(deadline);
    }

    private Flight<V> flight(K key, Work<V> work, @Nullable Flight<V> predecessor) {
        // Before it boards, a flight may have to wait for its predecessor to end, and then in the queue.
        Duration beforeBoarding =
                predecessor == null ? queue : queue.plus(queue).plus(exchange);
        Deadline latest = Deadline.after(beforeBoarding.plus(exchange).plus(RETIRE_AFTER));
        return Flight.of(key, work, predecessor, aloft.mine(), latest, steps, this::carry);
    }

    private void refuseSelfJoin(K key) {
        Flight<V> mine = aloft.mine();
        if (mine != null && mine.flies(key)) {
            throw new IllegalStateException("the flight for " + key + " asks for its own result: it would wait for"
                    + " itself. Do not call the cache for a URL from code that the cache runs to fetch that URL");
        }
    }

    /** The leader's part: look again, then start. */
    private void launch(Flight<V> flight) {
        Thread thread = null;
        try {
            steps.at("look again");
            V found = flight.work().look();
            if (found != null) {
                settle(flight, new Landing<>(found, () -> {}, () -> {}));
                flight.land(found);
                return;
            }
            thread = threads.newThread(() -> pilot(flight));
            steps.at("enter");
            aloft.enter(thread, flight);
            steps.at("look at closed");
            if (closed()) {
                aloft.leave(thread);
                endClosed(flight);
                return;
            }
            steps.at("start");
            thread.start();
        } catch (Throwable e) { // out of memory for a thread, say: nobody may be left waiting
            if (thread != null) {
                aloft.leave(thread);
            }
            end(flight, e);
        }
    }

    /** All that the flight's thread does. */
    private void pilot(Flight<V> flight) {
        try {
            flight.run();
            flight.finish();
        } finally {
            aloft.leave(Thread.currentThread());
        }
    }

    /** The flight's part: from its start to the moment before its waiters are let go. */
    private V carry(Flight<V> flight) {
        try {
            Landing<V> landing = land(flight);
            flight.afterwards(landing.afterwards());
            settle(flight, landing);
            steps.at("complete");
            return landing.value();
        } finally {
            leave(flight); // again, in case something above threw: an ended flight must not be found
        }
    }

    private Landing<V> land(Flight<V> flight) {
        try {
            awaitPredecessor(flight);
            steps.at("fly");
            return flight.work().fly(flight);
        } catch (Throwable e) { // whatever it is, the waiters learn of it
            return flight.work().lost(e);
        }
    }

    void awaitPredecessor(Flight<V> flight) throws InterruptedException {
        Flight<V> predecessor = flight.predecessor();
        while (predecessor != null && !predecessor.isDone()) {
            try {
                await(predecessor, Deadline.after(exchange));
            } catch (TimeoutException e) {
                // it still queues: it lands, or it is retired in the end
            }
        }
        flight.forgetPredecessor();
    }

    void settle(Flight<V> flight, Landing<V> landing) {
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

    /** Ends a flight that did not end by itself: publishes that, takes it out of the table, lets its waiters go. */
    private void end(Flight<V> flight, Throwable why) {
        if (flight.isDone()) {
            return; // and so has left the table
        }
        try {
            Landing<V> landing = flight.work().lost(why);
            steps.at("withdraw");
            boolean withdrawn = flight.withdraw(landing.publication());
            steps.at("leave");
            leave(flight);
            steps.at("let go");
            flight.land(landing.value());
            if (withdrawn) {
                landing.afterwards().run();
            }
        } catch (Throwable e) {
            leave(flight);
            flight.fail(e);
        }
    }

    boolean closed() {
        return closed;
    }

    private void endClosed(Flight<V> flight) {
        flight.detach();
        end(flight, new CancellationException("closed"));
    }

    private boolean retiredIfHung(Flight<V> flight) {
        if (flight.untilRetired() > 0 || flight.isDone()) {
            return false;
        }
        end(flight, new TimeoutException("hung"));
        aloft.interrupt(flight);
        return true;
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
                throw new IllegalStateException("a registered flight has no thread: " + key);
            }
        });
    }
}
