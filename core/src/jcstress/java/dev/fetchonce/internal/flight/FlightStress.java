package dev.fetchonce.internal.flight;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Races of the landing of a flight with waits, ends and detachments. */
public class FlightStress {
    private FlightStress() {}

    /** A value whose field is not final; only a thread that comes after the landing sees it whole. */
    static final class Value {
        int plain;
    }

    /** A flight that brings 42 and counts its publications and withdrawals. */
    abstract static class Flight42 implements FlightWork<Value> {
        final Flight<Value> flight = Flight.of(
                "key",
                this,
                null,
                null,
                WaiterCount.Rule.NONE,
                ProtocolSteps.NONE,
                new Interrupts(ProtocolSteps.NONE, new UnexpectedErrors(what -> {})),
                Flight42::carry);
        int published;
        int withdrawn;

        private static Value carry(Flight<Value> me) {
            Flight42 self = (Flight42) me.work();
            me.publish(() -> self.published++);
            return value(42);
        }

        static Value value(int plain) {
            Value value = new Value();
            value.plain = plain;
            return value;
        }

        int get(long nanos) {
            try {
                return flight.get(nanos, TimeUnit.NANOSECONDS).plain;
            } catch (TimeoutException e) {
                return 0;
            } catch (InterruptedException | ExecutionException e) {
                return -1;
            }
        }

        /** Ends the flight as a retirement does. */
        void end() {
            flight.publishInstead(() -> withdrawn++);
            flight.complete(value(7));
        }

        @Override
        public @Nullable Value secondLook() {
            return null;
        }

        @Override
        public FlightResult<Value> run(Flight<Value> me) {
            throw new AssertionError();
        }

        @Override
        public FlightResult<Value> describeFailure(Throwable why) {
            throw new AssertionError();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 42, 0", expect = ACCEPTABLE, desc = "both waiters got the whole value")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, half a value, or a waiter left")
    @State
    public static class TwoGetAndLand extends Flight42 {
        @Actor
        public void first(III_Result r) {
            r.r1 = get(TimeUnit.SECONDS.toNanos(5));
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = get(TimeUnit.SECONDS.toNanos(5));
        }

        @Actor
        public void flight() {
            flight.run();
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = flight.waiting();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "the waiter got the whole value")
    @Outcome(expect = FORBIDDEN, desc = "a lost wake-up, half a value, or a waiter left")
    @State
    public static class GetAndLand extends Flight42 {
        @Actor
        public void waiter(II_Result r) {
            r.r1 = get(TimeUnit.SECONDS.toNanos(5));
        }

        @Actor
        public void flight() {
            flight.run();
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = flight.waiting();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 0", expect = ACCEPTABLE, desc = "the flight landed in time")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the waiter lost patience before the landing")
    @Outcome(expect = FORBIDDEN, desc = "half a value, or a waiter left")
    @State
    public static class LosePatienceAndLand extends Flight42 {
        @Actor
        public void waiter(II_Result r) {
            r.r1 = get(1);
        }

        @Actor
        public void flight() {
            flight.run();
        }

        @Arbiter
        public void left(II_Result r) {
            r.r2 = flight.waiting();
        }
    }

    @JCStressTest
    @Outcome(id = "42, 1, 1", expect = ACCEPTABLE, desc = "published and landed; the end came too late")
    @Outcome(id = "7, 0, 1", expect = ACCEPTABLE, desc = "the end came before the publication")
    @Outcome(id = "7, 1, 1", expect = ACCEPTABLE, desc = "published; the end came before the landing")
    @Outcome(id = "42, 0, 1", expect = ACCEPTABLE, desc = "withdrawn before the publication; landed before the end")
    @Outcome(expect = FORBIDDEN, desc = "no outcome, or not exactly one withdrawal")
    @State
    public static class LandAndEnd extends Flight42 {
        @Actor
        public void flight() {
            flight.run();
        }

        @Actor
        public void retirer() {
            end();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r1 = get(0);
            r.r2 = published;
            r.r3 = withdrawn;
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the publication came before the detachment")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the detachment came first, and the flight never published")
    @Outcome(expect = FORBIDDEN, desc = "the publication came after the detachment")
    @State
    public static class PublishAndDetach extends Flight42 {
        @Actor
        public void flight() {
            flight.publish(() -> published++);
        }

        @Actor
        public void invalidator(II_Result r) {
            flight.detach();
            r.r1 = published;
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = published;
        }
    }
}
