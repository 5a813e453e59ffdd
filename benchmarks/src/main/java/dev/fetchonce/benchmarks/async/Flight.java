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

/** One fetch for a URL, and those who wait for it. Whether others can join it is the table's to say. Thread-safe. */
final class Flight {
    private final String url;
    private final TargetUri target;
    private final Class<?> wanted;
    private final Consumer<Flight> givenUp;
    private final Interest interest = new Interest();
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /** In the order of their deadlines, as all have the same patience; those who have left stay until they are met. */
    private final Queue<Waiter<?>> waiters = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Entry pinned;
    private volatile boolean invalidated;
    private volatile @Nullable Alarm alarm;
    private volatile AsyncPermits.@Nullable Place place;

    /** By when it is over, or something has gone wrong; by {@link System#nanoTime()}. */
    private volatile OptionalLong overdueAt = OptionalLong.empty();

    /** The name of the probe that it is; written inside the table's step that installs it, and when it has queued. */
    private volatile long probe;

    /**
     * A flight for which nobody waits yet.
     *
     * @param wanted what its leader wants the answer decoded to
     * @param givenUp told when the last who waits leaves while it queues
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

    /** Sets the name of its probe, by which the backoffs admitted it, and what is stored. */
    void admitted(long name, @Nullable Entry stored) {
        probe = name;
        pinned = stored;
    }

    long probe() {
        return probe;
    }

    /** What it revalidates: kept until it ends, whatever the store evicts meanwhile. */
    @Nullable
    Entry pinned() {
        return pinned;
    }

    /** What it revalidates, if that may stand in for an answer that cannot be had. */
    @Nullable
    Entry usable(long now) {
        Entry stored = pinned;
        return stored != null && !invalidated && stored.usable(now) ? stored : null;
    }

    /** What it revalidates stands in for nothing any more. */
    void invalidate() {
        invalidated = true;
    }

    /**
     * Joins those who wait.
     *
     * @return false when the flight was given up
     */
    boolean join(Waiter<?> waiter) {
        if (!interest.join()) {
            return false;
        }
        waiters.add(waiter);
        Outcome ended = outcome.get(); // after adding: else it could end in between, and nobody would tell
        if (ended != null) {
            tell(ended);
        }
        return true;
    }

    /** One of those who wait has its answer, or has left. */
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

    /** Notes its place in the line, which it leaves when it is given up. */
    void queues(AsyncPermits.Place where) {
        place = where;
        if (givenUp()) {
            where.leave();
        }
    }

    /**
     * It has its permit.
     *
     * @param overdue by when it has ended, or something has gone wrong
     * @return false when it was given up
     */
    boolean board(long overdue) {
        overdueAt = OptionalLong.of(overdue);
        return interest.board();
    }

    /** Whether it should have ended. */
    boolean overdue(long now) {
        OptionalLong at = overdueAt;
        return at.isPresent() && now - at.getAsLong() > 0;
    }

    boolean ended() {
        return outcome.get() != null;
    }

    /** Ends it, and tells all who wait; does nothing when it has ended. */
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

    /** Notes what wakes up when the first patience ends; it is called off when the flight ends. */
    void alarmed(Alarm set) {
        alarm = set;
        if (ended()) {
            set.stop();
        }
    }

    /**
     * Lets those go whose patience has ended.
     *
     * @return how many nanoseconds the next one has left; empty when nobody waits
     */
    OptionalLong dismiss(long now) {
        for (Waiter<?> next = waiters.peek(); next != null; next = waiters.peek()) {
            if (!next.isDone() && next.left(now) > 0) {
                return OptionalLong.of(next.left(now));
            }
            if (waiters.remove(next)) { // the first, so it is found at once
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
