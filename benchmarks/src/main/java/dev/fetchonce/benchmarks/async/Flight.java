package dev.fetchonce.benchmarks.async;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.TargetUri;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One fetch for a URL, and the callers that wait for it. The flight table decides whether others can join it.
 * Thread-safe.
 */
final class Flight {
    private final String url;
    private final TargetUri target;
    private final Class<?> wanted;
    private final Consumer<Flight> givenUp;
    private final Interest interest = new Interest();
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /**
     * The waiters in the order of their deadlines, because all have the same patience. Those that have left stay until
     * they are met.
     */
    private final Queue<Waiter<?>> waiters = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Entry pinned;
    private volatile boolean invalidated;
    private volatile @Nullable Alarm alarm;
    private volatile AsyncPermits.@Nullable Place place;

    /**
     * The time by which the flight must have ended, by {@link System#nanoTime()}. A flight that lasts longer is a
     * fault.
     */
    private volatile OptionalLong overdueAt = OptionalLong.empty();

    /**
     * The name of its probe. It is written inside the table's step that installs the flight, and again after it has
     * queued.
     */
    private volatile long probe;

    /**
     * Makes a flight without waiters.
     *
     * @param wanted the type to which its leader wants the answer decoded
     * @param givenUp runs when the last waiter leaves while the flight queues
     */
    Flight(String url, TargetUri target, Class<?> wanted, Consumer<Flight> givenUp) {
        this.url = url;
        this.target = target;
        this.wanted = wanted;
        this.givenUp = givenUp;
    }

    String url() {
        return url;
    }

    TargetUri target() {
        return target;
    }

    Class<?> wanted() {
        return wanted;
    }

    /** Records the probe as which the flight was admitted, and the stored response. */
    void admitted(long name, @Nullable Entry stored) {
        probe = name;
        pinned = stored;
    }

    long probe() {
        return probe;
    }

    /**
     * Returns the stored response that the flight revalidates, or null. The flight keeps it until it ends, even if the
     * store evicts it in the meantime.
     */
    @Nullable
    Entry pinned() {
        return pinned;
    }

    /** Returns the stored response that the flight revalidates, if that may stand in after a failure. */
    @Nullable
    Entry usable(long now) {
        Entry stored = pinned;
        return stored != null && !invalidated && stored.usable(now) ? stored : null;
    }

    /** Keeps the stored response from standing in for an answer. */
    void invalidate() {
        invalidated = true;
    }

    /**
     * Adds a waiter.
     *
     * @return false when the flight was given up
     */
    boolean join(Waiter<?> waiter) {
        if (!interest.join()) {
            return false;
        }
        waiters.add(waiter);
        Outcome ended = outcome.get(); // after adding, or a flight that ends in between is missed
        if (ended != null) {
            tell(ended);
        }
        return true;
    }

    /** Counts out a waiter that has its answer or has left. */
    void left() {
        if (outcome.get() == null && interest.leave()) {
            AsyncPermits.Place mine = place;
            if (mine != null) {
                mine.leave();
            }
            givenUp.accept(this);
        }
    }

    boolean givenUp() {
        return interest.givenUp();
    }

    /** Records its place in the line. The flight leaves that place when it is given up. */
    void queues(AsyncPermits.Place where) {
        place = where;
        if (givenUp()) {
            where.leave();
        }
    }

    /**
     * Records that the flight has its permit.
     *
     * @param overdue the time by which it must have ended
     * @return false when it was given up
     */
    boolean toRunning(long overdue) {
        overdueAt = OptionalLong.of(overdue);
        return interest.toRunning();
    }

    /** Reports whether the flight should have ended. */
    boolean overdue(long now) {
        OptionalLong at = overdueAt;
        return at.isPresent() && now - at.getAsLong() > 0;
    }

    boolean ended() {
        return outcome.get() != null;
    }

    /** Ends the flight and gives all waiters the outcome. Does nothing when the flight has ended. */
    void end(Outcome how) {
        if (outcome.compareAndSet(null, how)) {
            Alarm set = alarm;
            if (set != null) {
                set.stop();
            }
            tell(how);
        }
    }

    private void tell(Outcome how) {
        for (Waiter<?> next = waiters.poll(); next != null; next = waiters.poll()) {
            next.told(how);
        }
    }

    /** Sets the alarm for the end of the first patience. The end of the flight stops it. */
    void alarmed(Alarm set) {
        alarm = set;
        if (ended()) {
            set.stop();
        }
    }

    /**
     * Answers the waiters whose patience has ended.
     *
     * @return how many nanoseconds the next waiter has left; empty when there is no waiter
     */
    OptionalLong dismiss(long now) {
        for (Waiter<?> next = waiters.peek(); next != null; next = waiters.peek()) {
            if (!next.isDone() && next.left(now) > 0) {
                return OptionalLong.of(next.left(now));
            }
            if (waiters.remove(next)) { // it is the first, so it is found at once
                next.given(usable(now), impatience());
            }
        }
        return OptionalLong.empty();
    }

    private AsyncFetchException impatience() {
        return new AsyncFetchException(Failure.of(
                Reason.PATIENCE, target.origin() + " had not answered when the caller's patience ended (patience)"));
    }
}
