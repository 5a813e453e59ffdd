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
 * What is around a flight table in the interleaving tests: callers, a store with room for one value, a backoff, an origin that
 * counts its exchanges. It fails the run when one of the promises is broken, whichever scenario it is.
 */
final class World {
    enum Kind {
        /** Brought by a flight. */
        LANDED,
        /** Its leader reads it as it comes; another flight lands with the whole. */
        GROWING,
        /** Found in the store by the second look. */
        FOUND,
        /** What the origin answered was a failure. */
        FAILED,
        /** A backoff was in force. */
        REFUSED,
        /** The flight did not decide its end itself. */
        LOST
    }

    /** What a caller gets: of what kind, and when the request for it was sent. */
    record Answer(Kind kind, long sent) {
        boolean isValue() {
            return kind == Kind.LANDED || kind == Kind.FOUND || kind == Kind.GROWING;
        }
    }

    /** Makes the real table or a mutant of it. */
    interface Tables {
        FlightTable<String, Answer> make(Duration exchange, Function<Runnable, Thread> threads, Explorer run);
    }

    private static final String KEY = "key";
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(365));

    /** The waiters' slice is this and a second more: they look at their flight again whenever they are woken. */
    static final Duration NO_SLICE = Duration.ofSeconds(-1).plusNanos(1);

    static final Duration DAY = Duration.ofDays(1);

    final Explorer run;
    final FlightTable<String, Answer> table;

    // What a scenario sets before it starts.
    boolean secondLook = true;
    boolean foundIsForItsFinder = true;
    Kind outcome = Kind.LANDED;
    boolean hangs;
    int failingStarts;
    int failingLooks;

    /** Whether flights queue for the one permit, which somebody else has, before they have a thread. */
    boolean permitIsOut;

    boolean givesBack = true;

    // What has happened.
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

    /** A caller who takes what is stored, else flies. */
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
                // What another's second look found may be older than an invalidation before this call.
                again = answer != null && !flight.does(fetch) && isForItsLeader(answer.kind);
            } while (again);
            answered(asked, answer);
        });
    }

    private boolean isForItsLeader(Kind kind) {
        return kind == Kind.GROWING || (foundIsForItsFinder && kind == Kind.FOUND);
    }

    /** A caller who has a stale value to go home with at once, and leaves its flight to the background then. */
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

    /** A caller who wants a value for which the request was sent after the call, and asks until it is. */
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
                        && (answer.kind == Kind.FOUND || (answer.kind == Kind.GROWING && !flight.does(fetch)));
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

    /** Has the permit, and gives it back in the end. */
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

    /** Wakes who could not be woken. */
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

    /** What the scenario adds to {@link #check}. */
    void atEnd(Runnable more) {
        Runnable before = atEnd;
        atEnd = () -> {
            before.run();
            more.run();
        };
    }

    /** What must hold at the end of every run. */
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
            return dead(); // to start it again throws
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

    /** Waits for the rest of what the leader reads, who never leaves it. */
    private final class Rest implements FlightWork<Answer> {
        private final long sent;

        Rest(long sent) {
            this.sent = sent;
        }

        @Override
        public @Nullable Answer recheck() {
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
        public @Nullable Answer recheck() {
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
        public void start(Flight<Answer> me, Start start) {
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
            me.send();
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
