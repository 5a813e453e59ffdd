package dev.fetchonce.internal.concurrent;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.fetchonce.internal.flight.ProtocolSteps;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Races of waits and releases. A lost wake-up shows as a wait that takes its whole patience, which is long. Its outcome
 * is 0, in a race where no waiter leaves early. A release writes 42 to a plain field before it wakes the waiters, and a
 * released waiter must read 42.
 *
 * <p>jcstress leaves out races of three actors where there are only two processors. Each race therefore has a form with
 * two actors.
 */
public class WaitersStress {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private WaitersStress() {}

    /**
     * A set of waiters with a plain field. A wait returns the value that its thread sees, 0 without a release, or -1
     * after an interrupt.
     */
    abstract static class WaitersState {
        final Waiters waiters = new Waiters(ProtocolSteps.NONE, Long.MAX_VALUE);
        int plain;

        int await(long nanos) {
            try {
                return waiters.await(nanos) ? plain : 0;
            } catch (InterruptedException e) {
                return -1;
            }
        }

        void release() {
            plain = 42;
            waiters.release();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "released with the value written before, and no waiter left")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, a stale read, or a waiter left")
    @State
    public static class AwaitAndRelease extends WaitersState {
        @Actor
        public void waiter(II_Result r) {
            r.r1 = await(PATIENCE);
        }

        @Actor
        public void releaser() {
            release();
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = waiters.count();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 42, 0", expect = ACCEPTABLE, desc = "one waiter left early and released the other")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, a stale read, or a waiter left")
    @State
    public static class AwaitAndLeaveAndRelease extends WaitersState {
        @Actor
        public void releaser(III_Result r) {
            r.r1 = await(1);
            release();
        }

        @Actor
        public void waiter(III_Result r) {
            r.r2 = await(PATIENCE);
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = waiters.count();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 42, 0", expect = ACCEPTABLE, desc = "both waiters released")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, a stale read, or a waiter left")
    @State
    public static class TwoAwaitAndRelease extends WaitersState {
        @Actor
        public void first(III_Result r) {
            r.r1 = await(PATIENCE);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = await(PATIENCE);
        }

        @Actor
        public void releaser() {
            release();
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = waiters.count();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 42, 0", expect = ACCEPTABLE, desc = "one waiter left early, the other was released")
    @Outcome(id = "42, 42, 0", expect = ACCEPTABLE, desc = "both waiters released")
    @Outcome(expect = FORBIDDEN, desc = "the leaver took the other waiter's wake-up, a stale read, or a waiter left")
    @State
    public static class LeaveAwaitAndRelease extends WaitersState {
        @Actor
        public void leaver(III_Result r) {
            r.r1 = await(1);
        }

        @Actor
        public void waiter(III_Result r) {
            r.r2 = await(PATIENCE);
        }

        @Actor
        public void releaser() {
            release();
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = waiters.count();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the waiter left before the release")
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "the waiter was released")
    @Outcome(expect = FORBIDDEN, desc = "a stale read, or a waiter left")
    @State
    public static class LeaveAndRelease extends WaitersState {
        @Actor
        public void leaver(II_Result r) {
            r.r1 = await(0);
        }

        @Actor
        public void releaser() {
            release();
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = waiters.count();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "released by one of the two, with the value written before")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, or a waiter left")
    @State
    public static class AwaitAndTwoReleases extends WaitersState {
        @Actor
        public void waiter(II_Result r) {
            r.r1 = await(PATIENCE);
        }

        @Actor
        public void first() {
            release();
        }

        @Actor
        public void second() {
            release();
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = waiters.count();
        }
    }
}
