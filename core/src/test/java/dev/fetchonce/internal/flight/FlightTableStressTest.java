package dev.fetchonce.internal.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.concurrent.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many threads use few keys, with all events at once, for {@code -Dstress.seconds} (2 seconds by default). The
 * interleaving tests go step by step. This test looks for their faults by chance, with real threads and real time.
 */
class FlightTableStressTest {
    private static final long SECONDS = Long.getLong("stress.seconds", 2);
    private static final int THREADS = 200;

    /** A key; all keys fall into one bin of a map. */
    private record Key(int number) {
        @Override
        public int hashCode() {
            return 7;
        }
    }

    /** A value, with the moment on {@link #now} at which its request was sent; negative for a failure. */
    private record Value(long sent) {}

    /** The records that the test keeps of one key. */
    private static final class Ledger {
        final AtomicReference<Value> stored = new AtomicReference<>();

        /** The latest start of an invalidation that has ended. */
        final AtomicLong invalidated = new AtomicLong();

        /** The flight that has an exchange under way and is not detached. */
        final AtomicReference<Flight<Value>> sending = new AtomicReference<>();
    }

    private final AtomicLong now = new AtomicLong();
    private final ConcurrentHashMap<Key, Ledger> ledgers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
    private final LongAdder calls = new LongAdder();
    private final LongAdder exchanges = new LongAdder();
    private final LongAdder gaveUp = new LongAdder();
    private final FlightTable<Key, Value> table =
            new FlightTable<>(Duration.ofMinutes(1), Integer.MAX_VALUE / 8, AbandonPolicy.LANDS, what -> {});

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void no_promise_is_broken_under_stress() throws Exception {
        for (int i = 0; i < 4; i++) {
            ledgers.put(new Key(i), new Ledger());
        }
        Deadline end = Deadline.after(Duration.ofSeconds(SECONDS));
        List<Caller<Void>> callers = new ArrayList<>();
        List<Thread> victims = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            Caller<Void> caller = new Caller<>(() -> {
                while (!end.passed()) {
                    act(new Key(random.nextInt(4)), random);
                }
                return null;
            });
            callers.add(caller);
            victims.add(caller.thread);
        }
        Caller<Void> interrupter = new Caller<>(() -> {
            while (!end.passed()) {
                victims.get(ThreadLocalRandom.current().nextInt(THREADS)).interrupt();
                LockSupport.parkNanos(20_000);
            }
            return null;
        });
        interrupter.result(SECONDS + 60);
        for (Caller<Void> caller : callers) {
            caller.result(60);
        }
        assertThat(table.close(Duration.ofMinutes(1)))
                .as("every flight's thread has ended")
                .isTrue();
        table.checkInvariants();
        assertThat(table.keys()).isEmpty();
        assertThat(table.size()).isZero();
        assertThat(broken).isEmpty();
        assertThat(exchanges.sum()).isPositive();
        assertThat(gaveUp.sum()).isPositive();
        System.out.printf(
                "stress of %d s: %,d calls, %,d exchanges, %,d gave up%n",
                SECONDS, calls.sum(), exchanges.sum(), gaveUp.sum());
    }

    private void act(Key key, SplittableRandom random) {
        calls.increment();
        Ledger ledger = ledgers.get(key);
        int die = random.nextInt(100);
        if (die < 10) {
            long began = now.incrementAndGet();
            table.invalidate(key::equals, () -> ledger.stored.set(null));
            ledger.invalidated.accumulateAndGet(began, Math::max);
            Value after = ledger.stored.get();
            if (after != null && after.sent < began) {
                broken.add("a resurrected value");
            }
            return;
        }
        long asked = now.incrementAndGet();
        long invalidated = ledger.invalidated.get();
        Value stored = ledger.stored.get();
        boolean afresh = die < 20;
        if (stored != null && !afresh) {
            check(stored, invalidated, "stored");
            return;
        }
        Exchange exchange = new Exchange(key, ledger, afresh, random.split());
        Flight<Value> flight = afresh ? table.flyAfresh(key, exchange) : table.fly(key, exchange);
        Deadline patience = Deadline.after(Duration.ofNanos(die < 50 ? random.nextInt(100_000) : 60_000_000_000L));
        try {
            Value value = table.await(flight, patience);
            check(value, invalidated, "brought");
            if (flight.waiterCount().givenUp()) {
                broken.add("a flight was given up for which one waited");
            }
            if (afresh && exchange == flight.work() && value.sent > 0 && value.sent < asked) {
                broken.add("a refresh that was sent before it was asked for");
            }
        } catch (InterruptedException | TimeoutException e) {
            gaveUp.increment();
        }
    }

    private void check(Value value, long invalidated, String what) {
        if (value.sent > 0 && value.sent < invalidated) {
            broken.add(what + ": a value from before an invalidation that had ended before the call");
        }
    }

    private final class Exchange implements FlightWork<Value> {
        private final Key key;
        private final Ledger ledger;
        private final boolean afresh;
        private final SplittableRandom random;

        Exchange(Key key, Ledger ledger, boolean afresh, SplittableRandom random) {
            this.key = key;
            this.ledger = ledger;
            this.afresh = afresh;
            this.random = random;
        }

        @Override
        public Value secondLook() {
            return afresh ? null : ledger.stored.get();
        }

        @Override
        public FlightResult<Value> run(Flight<Value> me) throws Exception {
            if (!me.toQueued() || !me.toRunning(Deadline.after(Duration.ofMinutes(1)))) {
                throw new InterruptedException("given up");
            }
            me.recordSent();
            exchanges.increment();
            if (!me.detached()) {
                Flight<Value> other = ledger.sending.getAndSet(me);
                if (other != null && !other.detached() && !me.detached()) {
                    broken.add("a second exchange by a flight in the table");
                }
            }
            try {
                long sent = now.incrementAndGet();
                int die = random.nextInt(100);
                if (die < 50) {
                    LockSupport.parkNanos(random.nextInt(200_000));
                }
                if (die % 10 == 0) {
                    throw new IllegalStateException("a failure");
                }
                return new FlightResult<>(new Value(sent), () -> store(new Value(sent)), () -> {});
            } finally {
                ledger.sending.compareAndSet(me, null);
            }
        }

        private void store(Value value) {
            Value before = ledger.stored.getAndSet(value);
            if (before != null && before.sent > value.sent) {
                broken.add("an older value over a newer one: " + key);
            }
        }

        @Override
        public FlightResult<Value> describeFailure(Throwable why) {
            return new FlightResult<>(new Value(-1), () -> {}, () -> {});
        }
    }
}
