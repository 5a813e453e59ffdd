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
 * Races of joins, leaves, queues and boards. The figure 1 stands for yes. The last figure of each outcome tells whether
 * the flight is given up in the end. A flight is never given up while a caller waits whose join said yes. At most one
 * call learns that it gave the flight up.
 *
 * <p>jcstress leaves out races of three actors where there are only two processors. Each such race therefore has a form
 * with two actors.
 */
public class WaiterCountStress {
    private WaiterCountStress() {}

    /** A flight whose leader is its only waiter. */
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

    /** A queued flight whose leader is its only waiter. */
    abstract static class Queueing extends Led {
        Queueing() {
            waiterCount.toQueued();
        }
    }

    /** A queued flight with two waiters. */
    abstract static class TwoWait extends Queueing {
        TwoWait() {
            waiterCount.join();
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the caller joined in time")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "given up, and the caller knows it")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined, or not given up although all had left")
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
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "boarded before the last waiter left")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "given up, and the flight knows it")
    @Outcome(expect = FORBIDDEN, desc = "given up although it boarded, or neither")
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
    @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "joined in time, or boarded before the leader left")
    @Outcome(id = "0, 1, 0, 1", expect = ACCEPTABLE, desc = "given up, and the caller and the flight know it")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined or the flight had boarded")
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
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "the queue came first, and the leaver gave the flight up")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "the leave came first, and the flight gave itself up")
    @Outcome(expect = FORBIDDEN, desc = "not given up although no caller waits, or given up by two")
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
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first leaver was the last waiter")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the second leaver was the last waiter")
    @Outcome(expect = FORBIDDEN, desc = "given up by neither or by both")
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
    @Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "the caller joined in time and still waits")
    @Outcome(id = "0, 1, 0, 1", expect = ACCEPTABLE, desc = "given up by the first leaver, and the caller knows it")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "given up by the second leaver, and the caller knows it")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined, or by neither or both of the leavers")
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
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE, desc = "the caller joined in time")
    @Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "queued, and the leaver gave the flight up")
    @Outcome(id = "0, 0, 0, 1", expect = ACCEPTABLE, desc = "the leave came first, and the flight gave itself up")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined, or by two")
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
    @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "the caller joined in time")
    @Outcome(id = "0, 1, 0, 1", expect = ACCEPTABLE, desc = "given up, and the caller and the flight know it")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined, or boarded although given up")
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
    @Outcome(id = "1, 1, 0, 0", expect = ACCEPTABLE, desc = "the caller joined in time")
    @Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "given up, and the caller knows it")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined, or not given up although all had left")
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
    @Outcome(id = "1, 0, 0, 0", expect = ACCEPTABLE, desc = "the caller joined in time")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "given up by the last leaver, and the caller knows it")
    @Outcome(expect = FORBIDDEN, desc = "given up although a caller had joined, or by neither or both of the leavers")
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
