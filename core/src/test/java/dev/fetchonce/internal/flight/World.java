package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.World.Answer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings of a flight table in the interleaving tests: callers, a store for one value, a backoff, and an
 * origin that counts its exchanges. In every scenario a broken promise fails the run.
 */
final class World {
    enum Kind {
        /** A value that a flight has brought. */
        LANDED,
        /** A value that the leader reads as it comes; another flight lands with the whole value. */
        GROWING,
        /** A value that the second look has found in the store. */
        FOUND,
        /** A failure of the origin. */
        FAILED,
        /** A refusal by the backoff. */
        REFUSED,
        /** The result of a flight that did not decide its end itself. */
        LOST
    }

    /** The answer that a caller gets: its kind, and the moment at which its request was sent. */
    record Answer(Kind kind, long sent) {
        boolean isValue() {
            return kind == Kind.LANDED || kind == Kind.FOUND || kind == Kind.GROWING;
        }
    }

    /** A factory of the real table or of a mutant of it. */
    interface Tables {
        FlightTable<String, Answer> make(Duration exchange, Function<Runnable, Thread> threads, Explorer run);
    }

    private static final String KEY = "key";
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(365));

    /**
     * The exchange time that makes a waiter's slice one nanosecond, as a slice is one second longer. A waiter so looks
     * at its flight at every wake.
     */
    static final Duration NO_SLICE = Duration.ofSeconds(-1).plusNanos(1);

    static final Duration DAY = Duration.ofDays(1);

    final Explorer run;
    final FlightTable<String, Answer> table;

    // The settings of a scenario, made before its start.
    boolean secondLook = true;
    boolean foundIsForItsFinder = true;
    Kind outcome = Kind.LANDED;
    boolean hangs;
    int failingStarts;
    int failingLooks;

    /** Whether the one permit is taken; flights queue for it before they have a thread. */
    boolean permitIsOut;

    boolean givesBack = true;

    // The events of the run.
    @Nullable
    Answer stored;

    boolean backedOff;
    int exchanges;
    boolean closed;
    final List<Answer> answers = new ArrayList<>();
    int leavers;
    int afterwards;

    private final Queue<FlightWork.Start> line = new ArrayDeque<>();
    private boolean queuesFirst;

    private Runnable atEnd = () -> {};
    private long now;
    private int callers;
    private final Set<Flight<Answer>> flights = new HashSet<>();
    private final Set<Flight<Answer>> sending = new HashSet<>();
    private final List<Invalidation> invalidations = new ArrayList<>();

    private static final class Invalidation {
        final long began;
        long ended = Long.MAX_VALUE;

        Invalidation(long began) {
            this.began = began;
        }
    }

    World(Explorer run, Tables tables, Duration exchange) {
        this.run = run;
        this.table = tables.make(exchange, this::thread, run);
    }

    /** Adds a caller that takes the stored value, or else flies. */
    Explorer.Actor get(String name) {
        return get(name, NEVER);
    }

    Explorer.Actor get(String name, Deadline patience) {
        callers++;
        return run.actor(name, () -> {
            long asked = ++now;
            Answer answer;
            boolean again;
            do {
                if (backedOff || stored != null) {
                    answered(asked, backedOff ? new Answer(Kind.REFUSED, asked) : stored);
                    return;
                }
                Set<Flight<Answer>> ended = ended();
                Fetch fetch = new Fetch(false);
                Flight<Answer> flight = table.fly(KEY, fetch);
                must(!ended.contains(flight), "joined a flight that had ended");
                answer = await(flight, patience);
                must(answer == null || !flight.waiterCount().givenUp(), "a flight was given up for which one waited");
                // A value that another caller's second look found may be older than an invalidation before this call.
                again = answer != null && !flight.isFor(fetch) && isForItsLeader(answer.kind);
            } while (again);
            answered(asked, answer);
        });
    }

    private boolean isForItsLeader(Kind kind) {
        return kind == Kind.GROWING || (foundIsForItsFinder && kind == Kind.FOUND);
    }

    /**
     * Adds a caller that has a stale value and returns with it at once. It then leaves its flight to the background.
     */
    Explorer.Actor getOrLeaveIt(String name) {
        callers++;
        return run.actor(name, () -> {
            long asked = ++now;
            if (stored != null) {
                answered(asked, stored);
                return;
            }
            Flight<Answer> flight = table.fly(KEY, new Fetch(false));
            flights.add(flight);
            Answer answer = null;
            try {
                answer = table.awaitFor(flight, Deadline.after(Duration.ofDays(-1)));
            } catch (TimeoutException e) {
                table.leaveToBackground(flight);
            } catch (InterruptedException e) {
                run.fail(e);
            }
            answered(asked, answer);
        });
    }

    /** Adds a caller that wants a value whose request was sent after the call; it asks until it gets one. */
    Explorer.Actor refresh(String name) {
        callers++;
        return run.actor(name, () -> {
            long asked = ++now;
            Answer answer;
            boolean again;
            do {
                Set<Flight<Answer>> ended = ended();
                Fetch fetch = new Fetch(true);
                Flight<Answer> flight = table.flyAfresh(KEY, fetch);
                must(!ended.contains(flight), "joined a flight that had ended");
                answer = await(flight, NEVER);
                again = answer != null
                        && (answer.kind == Kind.FOUND || (answer.kind == Kind.GROWING && !flight.isFor(fetch)));
            } while (again);
            answered(asked, answer);
            must(
                    answer == null || !answer.isValue() || answer.sent > asked,
                    "a refresher got a value sent before it asked");
        });
    }

    Explorer.Actor invalidate(String name) {
        return run.actor(name, () -> {
            Invalidation mine = new Invalidation(++now);
            invalidations.add(mine);
            table.invalidate(KEY::equals, () -> stored = null);
            mine.ended = ++now;
        });
    }

    Explorer.Actor close(String name) {
        return run.actor(name, () -> {
            must(table.close(Duration.ofDays(365)), "close did not wait for the flights");
            must(sending.isEmpty(), "a flight is under way after close");
            closed = true;
        });
    }

    /** Adds an actor that has the permit, and gives it back in the end. */
    Explorer.Actor holder(String name) {
        permitIsOut = true;
        queuesFirst = true;
        atEnd(() -> must(!permitIsOut, "the permit is lost"));
        return run.actor(name, this::handOn);
    }

    private void handOn() {
        run.at("hand on");
        for (FlightWork.Start next = line.poll(); next != null; next = line.poll()) {
            if (next.now()) {
                return;
            }
        }
        permitIsOut = false;
    }

    /** Adds an actor that wakes the waiters whose wake-up has failed. */
    Explorer.Actor watch(String name) {
        return run.actor(name, () -> {
            do {
                run.hold("look", () -> !sleeping().isEmpty() || allHaveEnded());
                sleeping().forEach(flight -> {
                    try {
                        flight.look(now);
                        table.activeFlights.leave(flight);
                    } catch (OutOfMemoryError e) {
                        // the next look tries again
                    }
                });
            } while (!allHaveEnded());
        });
    }

    private List<Flight<Answer>> sleeping() {
        return StreamSupport.stream(table.activeFlights.all().spliterator(), false)
                .filter(flight -> flight.isDone() && !flight.awake())
                .toList();
    }

    private boolean allHaveEnded() {
        return answers.size() + leavers == callers && table.size() == 0;
    }

    Explorer.Actor interrupt(Explorer.Actor victim) {
        return run.actor("interrupter", () -> run.interrupt(victim));
    }

    /** Adds a check of the scenario to {@link #check}. */
    void atEnd(Runnable more) {
        Runnable before = atEnd;
        atEnd = () -> {
            before.run();
            more.run();
        };
    }

    /** Checks the promises at the end of a run. */
    void check() {
        must(table.flights.isEmpty(), "a flight is left in the table");
        must(table.size() == 0, "a flight is left active");
        table.checkInvariants();
        for (Flight<Answer> flight : flights) {
            must(flight.isDone(), "a flight has not ended");
            must(flight.waiting() == 0, "a waiter is left");
        }
        must(answers.size() + leavers == callers, "a caller did not get its answer");
        must(sending.isEmpty(), "an exchange was not ended");
        for (Invalidation each : invalidations) {
            must(stored == null || stored.sent > each.began, "a value is stored that was sent before an invalidation");
        }
        atEnd.run();
    }

    void must(boolean condition, String orElse) {
        if (!condition) {
            run.fail(new AssertionError(orElse));
        }
    }

    private Set<Flight<Answer>> ended() {
        Set<Flight<Answer>> ended = new HashSet<>(flights);
        ended.removeIf(flight -> !flight.isDone());
        return ended;
    }

    private @Nullable Answer await(Flight<Answer> flight, Deadline patience) {
        flights.add(flight);
        try {
            return table.await(flight, patience);
        } catch (InterruptedException | TimeoutException e) {
            return null;
        }
    }

    private void answered(long asked, @Nullable Answer answer) {
        if (answer == null) {
            leavers++;
            return;
        }
        answers.add(answer);
        for (Invalidation each : invalidations) {
            must(
                    each.ended > asked || !answer.isValue() || answer.sent > each.began,
                    "a caller after the invalidation got a value from before");
        }
    }

    private Thread thread(Runnable task) {
        if (failingStarts > 0 && failingStarts-- > 0) {
            return dead(); // a second start throws
        }
        return run.newThread(() -> {
            must(!closed, "a thread was started after close had returned");
            task.run();
        });
    }

    private static Thread dead() {
        Thread thread = Thread.ofVirtual().start(() -> {});
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return thread;
    }

    private void store(long sent) {
        must(stored == null || stored.sent < sent, "an older value over a newer");
        stored = new Answer(Kind.LANDED, sent);
    }

    private FlightResult<Answer> landing(Kind kind, long sent, Runnable publication) {
        return new FlightResult<>(new Answer(kind, sent), publication, () -> afterwards++);
    }

    /** Work that waits for the rest of the body that the leader reads. The leader never leaves the body. */
    private final class Rest implements FlightWork<Answer> {
        private final long sent;

        Rest(long sent) {
            this.sent = sent;
        }

        @Override
        public @Nullable Answer secondLook() {
            return null;
        }

        @Override
        public FlightResult<Answer> run(Flight<Answer> me) throws InterruptedException {
            flights.add(me);
            if (!me.toRunning(NEVER)) {
                throw new InterruptedException();
            }
            run.at("rest");
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return landing(Kind.LANDED, sent, () -> store(sent));
        }

        @Override
        public boolean unbounded() {
            return true;
        }

        @Override
        public boolean awaited() {
            return false;
        }

        @Override
        public FlightResult<Answer> describeFailure(Throwable why) {
            return landing(Kind.LOST, now, () -> {});
        }
    }

    private final class Fetch implements FlightWork<Answer> {
        private final boolean afresh;
        private boolean permitted;

        Fetch(boolean afresh) {
            this.afresh = afresh;
        }

        @Override
        public @Nullable Answer secondLook() {
            if (failingLooks > 0 && failingLooks-- > 0) {
                throw new IllegalStateException("the store fails");
            }
            if (!secondLook || afresh) {
                return null;
            }
            if (backedOff) {
                return new Answer(Kind.REFUSED, now);
            }
            return stored == null ? null : new Answer(Kind.FOUND, stored.sent);
        }

        @Override
        public void begin(Flight<Answer> me, Start start) {
            if (!queuesFirst || !me.toQueued()) {
                start.now();
                return;
            }
            Start turn = () -> {
                permitted = true;
                return start.now();
            };
            if (permitIsOut) {
                line.add(turn);
            } else {
                permitIsOut = true;
                if (!turn.now()) {
                    handOn();
                }
            }
        }

        @Override
        public void release() {
            if (permitted && givesBack) {
                handOn();
            }
        }

        @Override
        public FlightResult<Answer> run(Flight<Answer> me) throws InterruptedException {
            long sent = send(me);
            try {
                if (hangs && exchanges == 1) {
                    run.holdUntilInterrupted("hang");
                } else {
                    run.at("answer");
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            } finally {
                sending.remove(me);
            }
            return switch (outcome) {
                case GROWING -> {
                    table.succeed(me, new Rest(sent));
                    yield landing(Kind.GROWING, sent, () -> {});
                }
                case LANDED -> landing(Kind.LANDED, sent, () -> store(sent));
                case FAILED -> landing(Kind.FAILED, sent, () -> {});
                default -> landing(Kind.FAILED, sent, () -> backedOff = true);
            };
        }

        private long send(Flight<Answer> me) throws InterruptedException {
            boolean hung = hangs && exchanges == 0;
            if (!(permitted || me.toQueued()) || !me.toRunning(hung ? Deadline.after(Duration.ofDays(-1)) : NEVER)) {
                throw new InterruptedException();
            }
            me.recordSent();
            if (hung) {
                run.timeIsUp = () -> !me.isDone();
            }
            exchanges++;
            flights.add(me);
            must(me.detached() || table.flights.get(KEY) == me, "a flight sends that cannot be joined");
            sending.add(me);
            must(sending.stream().filter(flight -> !flight.detached()).count() <= 1, "a second exchange");
            must(!closed, "an exchange after close");
            return ++now;
        }

        @Override
        public FlightResult<Answer> describeFailure(Throwable why) {
            return landing(Kind.LOST, now, () -> {});
        }
    }
}
