package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Work that a test controls; it brings its value when the test lets it. */
public class Task implements FlightWork<String> {
    /** The sender of interrupts that makes each interrupt at once, on the current thread. */
    static final Interrupts INTERRUPTS = new Interrupts(
            new ProtocolSteps() {
                @Override
                public void apart(Runnable what) {
                    what.run();
                }
            },
            new UnexpectedErrors(what -> {}));

    interface Course {
        String bring(Flight<String> me) throws Exception;
    }

    /** The latch that opens when the flight is under way. */
    final CountDownLatch flying = new CountDownLatch(1);

    /** The latch that the test opens to let the flight land. */
    final CountDownLatch mayLand = new CountDownLatch(1);

    /** The latch that opens in {@link FlightResult#afterwards}, the action for which no waiter waits. */
    final CountDownLatch over = new CountDownLatch(1);

    final ConcurrentLinkedQueue<String> published = new ConcurrentLinkedQueue<>();
    private final Course course;

    volatile @Nullable String found;

    /** Makes work that lands when the test lets it. */
    Task(String value) {
        this.course = me -> {
            flying.countDown();
            mayLand.await();
            return value;
        };
    }

    Task(Course course) {
        this.course = course;
    }

    /** Returns work that sends at once, and lands when the test lets it. */
    static Task sent(String value) {
        Task[] self = new Task[1];
        self[0] = new Task(me -> {
            me.toRunning(Deadline.after(java.time.Duration.ofMinutes(1)));
            me.recordSent();
            self[0].flying.countDown();
            self[0].mayLand.await();
            return value;
        });
        return self[0];
    }

    @Override
    public @Nullable String secondLook() {
        return found;
    }

    @Override
    public FlightResult<String> run(Flight<String> me) throws Exception {
        return landing(course.bring(me));
    }

    @Override
    public FlightResult<String> describeFailure(Throwable why) {
        return landing("lost: " + why);
    }

    private FlightResult<String> landing(String value) {
        return new FlightResult<>(value, () -> published.add(value), over::countDown);
    }

    public static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("not within a minute");
        }
    }
}
