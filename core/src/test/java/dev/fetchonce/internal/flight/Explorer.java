package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Waiters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario once for every order in which its actors can take their marked steps, up to a number of preemptions.
 *
 * <p>An actor is a virtual thread: one of the scenario's own, or one that the code under test makes with this factory.
 * One actor runs at a time, from one marked step ({@link #at}, {@link #hold}) to the next. At each step the explorer
 * chooses the next actor. A switch from an actor that could go on costs a preemption. A switch from an actor that waits
 * or has ended is free. The next run repeats the choices up to the last choice that has an alternative. It takes that
 * alternative. The search goes depth first and ends when no alternative is left.
 *
 * <p>Time does not pass here, except for {@link #timeIsUp}. A parked actor wakes by an unpark or an interrupt, or
 * never.
 */
final class Explorer implements ProtocolSteps, ThreadFactory {
    /** A scenario of a test. It sets up one run, and returns the check for the moment when all actors have ended. */
    interface Scenario {
        Runnable start(Explorer run);
    }

    interface Body {
        void run() throws Exception;
    }

    private static final int STEP_LIMIT = 2_000;

    /** While this condition holds, time may wake each parked actor once. */
    BooleanSupplier timeIsUp = () -> false;

    /** The number of wake-ups that fail from now on. */
    int failingUnparks;

    private final int preemptions;

    /**
     * The choices of this run, of which the first {@link #depth} are made. The further ones are left from the run
     * before, and this run repeats them. The array {@link #widths} has the number of alternatives of each choice.
     */
    private final int[] choices = new int[STEP_LIMIT];

    private final int[] widths = new int[STEP_LIMIT];
    private int length;
    private int depth;
    private int left;

    private final List<Actor> actors = new ArrayList<>();
    private final List<String> schedule = new ArrayList<>();
    private final Actor conductor = new Actor("conductor", Thread.currentThread());
    private volatile Actor current = conductor;
    private volatile @Nullable Throwable failure;

    private Explorer(int preemptions) {
        this.preemptions = preemptions;
    }

    /**
     * Runs a scenario in every order, up to a number of preemptions.
     *
     * @return the number of runs, each of them different
     * @throws AssertionError when a run fails; the message has its schedule and the choices for {@link #replay}
     */
    static long explore(int preemptions, Scenario scenario) {
        return onVirtualThread(preemptions, explorer -> {
            long runs = 0;
            do {
                explorer.run(scenario);
                runs++;
            } while (explorer.next());
            return runs;
        });
    }

    /** Runs a scenario once, with the choices that a failure has printed. */
    static void replay(int preemptions, Scenario scenario, int... choices) {
        onVirtualThread(preemptions, explorer -> {
            System.arraycopy(choices, 0, explorer.choices, 0, choices.length);
            Arrays.fill(explorer.widths, Integer.MAX_VALUE);
            explorer.length = choices.length;
            explorer.run(scenario);
            return 1L;
        });
    }

    private static long onVirtualThread(int preemptions, ToLongFunction<Explorer> what) {
        long[] runs = new long[1];
        Throwable[] thrown = new Throwable[1];
        Thread conductor = Thread.ofVirtual().start(() -> {
            try {
                runs[0] = what.applyAsLong(new Explorer(preemptions));
            } catch (Throwable e) {
                thrown[0] = e;
            }
        });
        try {
            conductor.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (thrown[0] instanceof Error e) {
            throw e;
        }
        if (thrown[0] != null) {
            throw new AssertionError(thrown[0]);
        }
        return runs[0];
    }

    private void run(Scenario scenario) {
        actors.clear();
        schedule.clear();
        timeIsUp = () -> false;
        failingUnparks = 0;
        depth = 0;
        left = preemptions;
        Runnable check = scenario.start(this);
        conductor.ready = () -> false;
        pass("start");
        try {
            if (failure == null) {
                check.run();
            }
        } catch (Throwable e) {
            failure = e;
        }
        if (failure != null) { // the actors that have not ended stay parked for good
            throw new AssertionError(
                    failure.getMessage() + "\n  schedule: " + String.join(" ", schedule) + "\n  choices: "
                            + Arrays.toString(Arrays.copyOf(choices, depth)),
                    failure);
        }
    }

    /** Takes the alternative of the last choice that has one. Returns false when no choice has one. */
    private boolean next() {
        while (length > 0 && choices[length - 1] + 1 == widths[length - 1]) {
            length--;
        }
        if (length > 0) {
            choices[length - 1]++;
        }
        return length > 0;
    }

    /** Adds an actor that begins when the run does. */
    Actor actor(String name, Body body) {
        Actor actor = new Actor(name, null);
        actor.thread = Thread.ofVirtual().unstarted(() -> actor.live(body));
        actor.thread.start();
        actors.add(actor);
        return actor;
    }

    @Override
    public Thread newThread(Runnable task) {
        Actor actor = new Actor("flight" + actors.size(), null);
        actor.thread = Thread.ofVirtual().unstarted(() -> actor.live(task::run));
        actors.add(actor);
        return actor.thread;
    }

    /** Interrupts an actor; the interrupt costs no step. */
    void interrupt(Actor actor) {
        actor.thread.interrupt();
    }

    @Override
    public void at(String label) {
        hold(label, () -> true);
    }

    /** Waits until the condition holds; another actor may make it hold. */
    void hold(String label, BooleanSupplier condition) {
        Actor me = current;
        if (me == conductor) {
            return; // before the run or after it
        }
        me.ready = condition;
        me.label = label;
        pass(label);
    }

    /** Waits until another actor interrupts the calling actor. */
    void holdUntilInterrupted(String label) {
        Actor me = current;
        hold(label, me::interrupted);
    }

    @Override
    public void park(Waiters waiters, long nanos) {
        Actor me = current;
        hold("park", () -> me.permit || me.interrupted() || me.wakes && timeIsUp.getAsBoolean());
        me.wakes &= me.permit || me.interrupted();
        me.permit = false;
    }

    /** Starts no watchdog, as time does not pass. */
    @Override
    public @Nullable Thread watch(Watchdog watchdog) {
        return null;
    }

    @Override
    public <T> Iterable<T> ordered(Map<Thread, T> byThread) {
        return byThread.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparingLong(Thread::threadId)))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void unpark(Thread thread) {
        if (failingUnparks > 0) {
            failingUnparks--;
            throw new OutOfMemoryError("for a carrier");
        }
        for (Actor actor : actors) {
            if (actor.thread == thread) {
                actor.permit = true;
            }
        }
    }

    @Override
    public void apart(Runnable what) {
        what.run();
    }

    @Override
    public void join(Thread thread, BooleanSupplier over) {
        hold("join", over);
    }

    /** Fails the run, unless the throwable is an OutOfMemoryError, which this explorer itself throws. */
    void unforeseen(Throwable what) {
        if (!(what instanceof OutOfMemoryError)) {
            fail(what);
        }
    }

    /** Fails the run. */
    void fail(Throwable why) {
        if (failure == null) {
            failure = why;
        }
    }

    /** Lets the next actor go on, and returns at the caller's next turn. */
    private void pass(String label) {
        Actor me = current;
        schedule.add(me.name + ":" + label);
        Actor next = schedule.size() > STEP_LIMIT ? stop("more than " + STEP_LIMIT + " steps") : choose(me);
        if (next != me) {
            current = next;
            LockSupport.unpark(next.thread);
            me.awaitTurn();
        }
    }

    private Actor choose(Actor me) {
        if (failure != null) {
            return conductor;
        }
        boolean canGoOn = me.canGoOn();
        int width = canGoOn ? 1 : 0;
        if (!canGoOn || left > 0) {
            for (Actor actor : actors) {
                width += actor != me && actor.canGoOn() ? 1 : 0;
            }
        }
        if (width == 0) {
            return actors.stream().allMatch(Actor::over) ? conductor : stop("stuck: " + actors);
        }
        int choice = 0;
        if (width > 1) {
            if (depth == length) {
                choices[length] = 0;
                widths[length++] = width;
            } else if (widths[depth] != width && widths[depth] != Integer.MAX_VALUE) {
                return stop("the scenario is not deterministic: " + width + " actors, before " + widths[depth]);
            }
            choice = choices[depth++];
        }
        if (canGoOn && choice-- == 0) {
            return me;
        }
        left -= canGoOn ? 1 : 0;
        for (Actor actor : actors) {
            if (actor != me && actor.canGoOn() && choice-- == 0) {
                return actor;
            }
        }
        return stop("no such choice");
    }

    private Actor stop(String why) {
        fail(new AssertionError(why));
        return conductor;
    }

    /** A thread of a scenario, and its state. */
    final class Actor {
        private final String name;
        private Thread thread;
        private BooleanSupplier ready = () -> true;
        private String label = "begin";
        private boolean permit;
        private boolean wakes = true;
        private volatile boolean ended;

        /** Whether an interrupt came while another actor had its turn. */
        private volatile boolean interrupted;

        Actor(String name, @Nullable Thread thread) {
            this.name = name;
            this.thread = thread;
        }

        boolean interrupted() {
            return interrupted || thread.isInterrupted();
        }

        private boolean over() {
            return ended || thread.getState() == Thread.State.NEW;
        }

        private boolean canGoOn() {
            return !over() && ready.getAsBoolean();
        }

        private void live(Body body) {
            awaitTurn();
            try {
                body.run();
            } catch (Throwable e) {
                fail(new AssertionError(name + " threw " + e, e));
            }
            ended = true;
            schedule.add(name + ":end");
            current = choose(this);
            LockSupport.unpark(current.thread);
        }

        private void awaitTurn() {
            while (current != this) {
                LockSupport.park(Explorer.this);
                if (thread.isInterrupted()) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
            if (interrupted) {
                interrupted = false;
                thread.interrupt();
            }
        }

        @Override
        public String toString() {
            return name + "@" + (ended ? "end" : label);
        }
    }
}
