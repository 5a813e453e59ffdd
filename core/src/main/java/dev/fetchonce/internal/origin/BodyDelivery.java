package dev.fetchonce.internal.origin;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of a body to one subscriber by the rules of Reactive Streams. It signals the held buffers first, then
 * those of a source. It requests no more items of the source than the subscriber has requested. Thread-safe.
 *
 * <p>The signals come one after the other, on the thread that requests or on the thread of the source. A thread that
 * comes while another thread signals leaves the new signals to that thread, so no call recurses.
 */
public final class BodyDelivery implements Flow.Subscription {
    /** The source of a complete body: it brings nothing more. */
    private static final Flow.Subscription NOTHING = new Flow.Subscription() {
        @Override
        public void request(long n) {
            // the source has ended
        }

        @Override
        public void cancel() {
            // the source has ended
        }
    };

    /**
     * The updater of {@link #after}: each hit of the client makes a delivery, and an AtomicReference would be one
     * object more.
     */
    private static final AtomicReferenceFieldUpdater<BodyDelivery, @Nullable Runnable> AFTER =
            AtomicReferenceFieldUpdater.newUpdater(BodyDelivery.class, Runnable.class, "after");

    /** The final value of {@link #after}: the action that stood there has run. */
    private static final class Over implements Runnable {
        static final Over OVER = new Over();

        @Override
        public void run() {
            // the actions have run before
        }
    }

    /** The end of the source; a null error is a regular end. */
    private record End(@Nullable Throwable error) {}

    private final Flow.Subscription source;
    private final Queue<List<ByteBuffer>> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private final AtomicBoolean released = new AtomicBoolean();

    private final AtomicBoolean attached = new AtomicBoolean();
    private volatile Flow.@Nullable Subscriber<? super List<ByteBuffer>> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private final AtomicReference<@Nullable Throwable> cut = new AtomicReference<>();

    /** The action to run at the end of the delivery; {@link Over} from then on. */
    private volatile @Nullable Runnable after;

    /**
     * The number of calls of {@link #drain} since the last look of the signalling thread; zero while no thread signals.
     */
    private final AtomicInteger calls = new AtomicInteger();

    // The signalling thread alone uses these fields:
    private Iterator<List<ByteBuffer>> held;
    private boolean subscribed;

    /** The number of items that were requested of the source and have not been handed on. */
    private long asked;

    /** Makes the delivery of a body whose source has had no request yet. */
    BodyDelivery(Iterator<List<ByteBuffer>> held, Flow.Subscription source) {
        this(held, source, 0);
    }

    /**
     * Makes the delivery of a body that has a source.
     *
     * @param held the buffers that have come
     * @param source the source of the rest
     * @param asked the number of items that were requested of the source and have not come
     */
    BodyDelivery(Iterator<List<ByteBuffer>> held, Flow.Subscription source, int asked) {
        this.held = held;
        this.source = source;
        this.asked = asked;
    }

    /** Returns the delivery of a complete body. The caller must not change the bytes; the subscriber cannot. */
    public static BodyDelivery of(byte[] body) {
        BodyDelivery delivery = new BodyDelivery(new ByteBufferChunks(body, body.length), NOTHING);
        delivery.end.set(new End(null)); // set directly: no subscriber is attached yet
        return delivery;
    }

    /**
     * Attaches the subscriber and begins the delivery on the current thread: {@code onSubscribe}, then the requested
     * items. An exception of {@code onSubscribe} or {@code onNext} ends the delivery and is signalled as its error, as
     * the JDK's client does. This method throws an exception of the last signal.
     *
     * @throws IllegalStateException when a subscriber was attached before
     */
    public void attach(Flow.Subscriber<? super List<ByteBuffer>> to) {
        if (!attached.compareAndSet(false, true)) {
            throw new IllegalStateException("this body has a subscriber already");
        }
        subscriber = to;
        drain();
    }

    /** Returns whether an open connection has the rest of the body. */
    public boolean open() {
        return end.get() == null && !released.get();
    }

    /** Returns whether the delivery is over: its subscriber has the end, or is about to get it, or has cancelled. */
    public boolean over() {
        return after instanceof Over;
    }

    /**
     * Runs an action once the delivery is {@link #over}, before the last signal; at once where it is over already.
     *
     * @param action must be short and must not throw
     */
    public void whenOver(Runnable action) {
        for (; ; ) {
            Runnable others = after;
            if (others instanceof Over) {
                action.run();
                return;
            }
            Runnable all = others == null ? action : both(others, action);
            if (AFTER.compareAndSet(this, others, all)) {
                return;
            }
        }
    }

    private static Runnable both(Runnable first, Runnable second) {
        return () -> {
            first.run();
            second.run();
        };
    }

    /** Requests this many more items; a number below one ends the delivery with an error (Reactive Streams §3.9). */
    @Override
    public void request(long n) {
        if (n <= 0) {
            abandon(new IllegalArgumentException("non-positive subscription request: " + n));
            return;
        }
        demand.accumulateAndGet(n, BodyDelivery::sum);
        drain();
    }

    @Override
    public void cancel() {
        cancelled = true;
        try {
            release();
        } finally {
            drain();
        }
    }

    /**
     * Ends the delivery from outside. It cancels the source, which closes the connection. A subscriber that has had no
     * end gets this throwable as its error, as it may hold a file or have readers. After the end this method does
     * nothing.
     */
    public void abandon(Throwable why) {
        if (cut.compareAndSet(null, why)) {
            letGo();
            drain();
        }
    }

    /** Takes more buffers from the source. */
    void arrived(List<ByteBuffer> buffers) {
        arrived.add(buffers);
        drain();
    }

    /** Takes the end from the source; a null error is a regular end. The first end counts. */
    void ended(@Nullable Throwable error) {
        if (end.compareAndSet(null, new End(error))) {
            drain();
        }
    }

    private void release() {
        if (end.get() == null && released.compareAndSet(false, true)) {
            source.cancel();
        }
    }

    private void drain() {
        if (calls.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            boolean more = true;
            while (more) {
                more = stepped();
            }
            seen = calls.addAndGet(-seen);
        } while (seen != 0);
    }

    /**
     * Makes one step. An exception of the source becomes the subscriber's error; otherwise its reader would wait for
     * ever.
     */
    private boolean stepped() {
        try {
            return step();
        } catch (Throwable e) {
            if (subscriber == null) { // thrown by the last signal: no further step follows
                calls.set(0);
                throw e;
            }
            cut.compareAndSet(null, e);
            letGo();
            return true;
        }
    }

    private void letGo() {
        try {
            release();
        } catch (Throwable e) {
            // the source ends in any case
        }
    }

    /** Makes one signal. Returns false when no signal is due now or the delivery is over. */
    private boolean step() {
        Flow.Subscriber<? super List<ByteBuffer>> to = subscriber;
        if (to == null) {
            if (over()) {
                arrived.clear();
            }
            return false;
        }
        if (!subscribed) {
            subscribed = true;
            signal(to, null);
            return true;
        }
        Throwable why = cut.get();
        if (cancelled) {
            finish();
        } else if (why != null) {
            finish();
            to.onError(why);
        } else {
            return advance(to);
        }
        return false;
    }

    private boolean advance(Flow.Subscriber<? super List<ByteBuffer>> to) {
        End at = end.get(); // read before the queue: all buffers arrived before the end
        boolean fromHeld = held.hasNext();
        if (fromHeld || !arrived.isEmpty()) {
            if (demand.get() == 0) {
                return false;
            }
            demand.updateAndGet(BodyDelivery::less);
            asked = fromHeld ? asked : less(asked);
            signal(to, fromHeld ? held.next() : arrived.remove());
            return true;
        }
        if (at == null) {
            ask();
        } else {
            finish();
            if (at.error() == null) {
                to.onComplete();
            } else {
                to.onError(at.error());
            }
        }
        return false;
    }

    /** Signals an item; where the item is null, the subscription. */
    private void signal(Flow.Subscriber<? super List<ByteBuffer>> to, @Nullable List<ByteBuffer> item) {
        try {
            if (item == null) {
                to.onSubscribe(this);
            } else {
                to.onNext(item);
            }
        } catch (Throwable e) {
            letGo();
            finish();
            to.onError(e);
        }
    }

    private void ask() {
        long more = demand.get() - asked;
        if (more > 0) {
            asked += more;
            source.request(more);
        }
    }

    /** Ends the delivery before its last signal, and drops the subscriber and the buffers (Reactive Streams §3.13). */
    private void finish() {
        subscriber = null;
        held = Collections.emptyIterator();
        if (!arrived.isEmpty()) { // a look costs less than a clear
            arrived.clear();
        }
        Runnable next = AFTER.getAndSet(this, Over.OVER);
        if (next != null) {
            try {
                next.run();
            } catch (Throwable e) {
                // an action must not throw; the last signal is still to come
            }
        }
    }

    /** Returns the demand less one item; an unbounded demand stays unbounded. */
    private static long less(long demand) {
        return demand == Long.MAX_VALUE ? demand : demand - 1;
    }

    private static long sum(long demand, long more) {
        return demand + more < 0 ? Long.MAX_VALUE : demand + more;
    }
}
