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
 * Waiting against releasing. A lost wake-up shows as a wait that took its whole patience, which is long: outcome 0 where
 * there is nobody who leaves. What was written before the release is read after the wait: 42, through a plain field.
 *
 * <p>jcstress leaves out what has three actors where there are but two processors; so each race has a form with two.
 */
public class WaitersStress {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private WaitersStress() {}

    /** The value that a waiter sees, or 0 when it was not let go. */
    abstract static class Gate {
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
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "let go, with what was written before, and none left")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, a stale read, or a waiter left")
    @State
    public static class AwaitAndRelease extends Gate {
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
    @Outcome(id = "0, 42, 0", expect = ACCEPTABLE, desc = "one left, let the other go")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, a stale read, or a waiter left")
    @State
    public static class AwaitAndLeaveAndRelease extends Gate {
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
    @Outcome(id = "42, 42, 0", expect = ACCEPTABLE, desc = "both let go")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, a stale read, or a waiter left")
    @State
    public static class TwoAwaitAndRelease extends Gate {
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
    @Outcome(id = "0, 42, 0", expect = ACCEPTABLE, desc = "one had left, the other is let go")
    @Outcome(id = "42, 42, 0", expect = ACCEPTABLE, desc = "both let go")
    @Outcome(expect = FORBIDDEN, desc = "a leaver took the other's wake-up, a stale read, or a waiter left")
    @State
    public static class LeaveAwaitAndRelease extends Gate {
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
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "left before the release")
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "let go")
    @Outcome(expect = FORBIDDEN, desc = "a stale read, or a waiter left")
    @State
    public static class LeaveAndRelease extends Gate {
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
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "let go by either, with what both had written before")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, or a waiter left")
    @State
    public static class AwaitAndTwoReleases extends Gate {
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
