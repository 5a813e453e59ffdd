package dev.fetchonce.internal.flight;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Joining, leaving, queueing and running against each other. 1 stands for yes. The last figure of each outcome tells
 * whether the flight is given up in the end: it never is while somebody waits whose join said yes, and one call at most
 * learns that it gave it up.
 *
 * <p>As jcstress leaves out what has three actors where there are but two cores, each such race has a form with two.
 */
public class WaiterCountStress {
    private WaiterCountStress() {}

    /** A flight for which its leader waits. */
    abstract static class Led {
        final WaiterCount waiterCount = new WaiterCount(WaiterCount.Rule.NONE);

        static int one(boolean yes) {
            return yes ? 1 : 0;
        }

        int join() {
            return one(waiterCount.join() == WaiterCount.JoinResult.JOINED);
        }

        int leave() {
            return one(waiterCount.leave());
        }

        int queue() {
            return one(waiterCount.toQueued());
        }

        int toRunning() {
            return one(waiterCount.toRunning());
        }

        int givenUp() {
            return one(waiterCount.givenUp());
        }
    }

    /** As before, and it queues. */
    abstract static class Queueing extends Led {
        Queueing() {
            waiterCount.toQueued();
        }
    }

    /** As before, and two wait for it. */
    abstract static class TwoWait extends Queueing {
        TwoWait() {
            waiterCount.join();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "joined in time")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "given up, and the joiner knows")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined, or not given up though all had left")
    @State
    public static class JoinAndLastLeave extends Queueing {
        @Actor
        public void joiner(III_Result r) {
            r.r1 = join();
        }

        @Actor
        public void leaver(III_Result r) {
            r.r2 = leave();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "ran before the last one left")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "given up, and the flight knows")
    @Outcome(expect = FORBIDDEN, desc = "given up though it ran, or neither")
    @State
    public static class LeaveAndBoard extends Queueing {
        @Actor
        public void leaver(III_Result r) {
            r.r1 = leave();
        }

        @Actor
        public void flight(III_Result r) {
            r.r2 = toRunning();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "joined in time, or ran before the leader left")
    @Outcome(id = "0, 1, 0, 1", expect = ACCEPTABLE, desc = "given up, and both know")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined or it ran")
    @State
    public static class JoinAndLeaveAndBoard extends Queueing {
        @Actor
        public void joiner(IIII_Result r) {
            r.r1 = join();
        }

        @Actor
        public void leaver(IIII_Result r) {
            r.r2 = leave();
        }

        @Actor
        public void flight(IIII_Result r) {
            r.r3 = toRunning();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r4 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "queued first, and the leaver gave it up")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "left first, and the flight gave itself up")
    @Outcome(expect = FORBIDDEN, desc = "nobody waits and it is not given up, or by two")
    @State
    public static class QueueAndLeave extends Led {
        @Actor
        public void flight(III_Result r) {
            r.r1 = queue();
        }

        @Actor
        public void leaver(III_Result r) {
            r.r2 = leave();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first was the last")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the second was the last")
    @Outcome(expect = FORBIDDEN, desc = "given up by none or by both")
    @State
    public static class TwoLeave extends TwoWait {
        @Actor
        public void first(III_Result r) {
            r.r1 = leave();
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = leave();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "joined in time, and still waits")
    @Outcome(id = "0, 1, 0, 1", expect = ACCEPTABLE, desc = "the first leaver gave it up, and the joiner knows")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "the second leaver gave it up, and the joiner knows")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined, or by none or both of the leavers")
    @State
    public static class JoinAndTwoLeave extends TwoWait {
        @Actor
        public void joiner(IIII_Result r) {
            r.r1 = join();
        }

        @Actor
        public void first(IIII_Result r) {
            r.r2 = leave();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r3 = leave();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r4 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE, desc = "joined in time")
    @Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "queued, and the leaver gave it up")
    @Outcome(id = "0, 0, 0, 1", expect = ACCEPTABLE, desc = "left first, and the flight gave itself up")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined, or by two")
    @State
    public static class JoinAndQueueAndLeave extends Led {
        @Actor
        public void joiner(IIII_Result r) {
            r.r1 = join();
        }

        @Actor
        public void flight(IIII_Result r) {
            r.r2 = queue();
        }

        @Actor
        public void leaver(IIII_Result r) {
            r.r3 = leave();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r4 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "joined in time")
    @Outcome(id = "0, 1, 0, 1", expect = ACCEPTABLE, desc = "given up, and both know")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined, or ran though given up")
    @State
    public static class JoinAndLeaveThenBoard extends Queueing {
        @Actor
        public void joiner(IIII_Result r) {
            r.r1 = join();
        }

        @Actor
        public void leaver(IIII_Result r) {
            r.r2 = leave();
            r.r3 = toRunning();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r4 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE, desc = "joined in time")
    @Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "given up, and the joiner knows")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined, or not given up though all had left")
    @State
    public static class JoinAndQueueThenLeave extends Led {
        @Actor
        public void joiner(IIII_Result r) {
            r.r1 = join();
        }

        @Actor
        public void flight(IIII_Result r) {
            r.r2 = queue();
            r.r3 = leave();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r4 = givenUp();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "joined in time")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "given up by the last one, and the joiner knows")
    @Outcome(expect = FORBIDDEN, desc = "given up though one had joined, or by none or both of the leavers")
    @State
    public static class JoinAndLeaveTwice extends TwoWait {
        @Actor
        public void joiner(IIII_Result r) {
            r.r1 = join();
        }

        @Actor
        public void leavers(IIII_Result r) {
            r.r2 = leave();
            r.r3 = leave();
        }

        @Arbiter
        public void after(IIII_Result r) {
            r.r4 = givenUp();
        }
    }
}
