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
 * Hands a body to one subscriber by the rules of Reactive Streams: what is held first, then what a source brings, of which
 * no more is asked for than the subscriber has. Signals come one after the other, on the thread that requests or on that of
 * the source: whoever comes while another is signalling leaves it what there is to do, so nothing recurses. Thread-safe.
 */
public final class BodyDelivery implements Flow.Subscription {
    /** A source that has nothing more to bring. */
    private static final Flow.Subscription NOTHING = new Flow.Subscription() {
        @Override
        public void request(long n) {
            // has ended
        }

        @Override
        public void cancel() {
            // has ended
        }
    };

    /** A hit of the client makes one of these, so the field needs no object of its own. */
    private static final AtomicReferenceFieldUpdater<BodyDelivery, @Nullable Runnable> AFTER =
            AtomicReferenceFieldUpdater.newUpdater(BodyDelivery.class, Runnable.class, "after");

    /** Stands in the field for good once what stood there was run. */
    private static final class Over implements Runnable {
        static final Over OVER = new Over();

        @Override
        public void run() {
            // it was
        }
    }

    /** How the source ended: with an error or, with null, well. */
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

    /** What is run when it is over; {@link Over} from then on. */
    private volatile @Nullable Runnable after;

    /** How often somebody had something to do since the one who signals now looked. */
    private final AtomicInteger calls = new AtomicInteger();

    // Of the one who signals:
    private Iterator<List<ByteBuffer>> held;
    private boolean subscribed;

    /** What was asked of the source and has not been handed on. */
    private long asked;

    /** A body of which more is to come from a source that was asked for nothing yet. */
    BodyDelivery(Iterator<List<ByteBuffer>> held, Flow.Subscription source) {
        this(held, source, 0);
    }

    /**
     * A body of which more is to come.
     *
     * @param held what there is of it
     * @param source where the rest comes from
     * @param asked how many items were asked of it that have not come
     */
    BodyDelivery(Iterator<List<ByteBuffer>> held, Flow.Subscription source, int asked) {
        this.held = held;
        this.source = source;
        this.asked = asked;
    }

    /** A body that is all there; the bytes must not change any more, and the subscriber cannot change them. */
    public static BodyDelivery of(byte[] body) {
        BodyDelivery delivery = new BodyDelivery(new ByteBufferChunks(body, body.length), NOTHING);
        delivery.end.set(new End(null)); // nobody is attached who would be told
        return delivery;
    }

    /**
     * Begins, on this thread: {@code onSubscribe}, then what it requested. An exception out of {@code onSubscribe} or
     * {@code onNext} ends it and is signalled as its error, as the JDK's client does; one out of the last signal is thrown.
     *
     * @throws IllegalStateException when it has been attached before
     */
    public void attach(Flow.Subscriber<? super List<ByteBuffer>> to) {
        if (!attached.compareAndSet(false, true)) {
            throw new IllegalStateException("a body is delivered once");
        }
        subscriber = to;
        drain();
    }

    /** Whether a connection is open that has the rest of it. */
    public boolean open() {
        return end.get() == null && !released.get();
    }

    /** Whether nothing more is signalled: its subscriber has the end, or is about to get it, or has cancelled. */
    public boolean over() {
        return after instanceof Over;
    }

    /**
     * Has this run once it is {@link #over}, before the last signal; at once where it is.
     *
     * @param action short; must not throw
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

    /** Asks for that many more items; what is not positive ends it with an error (Reactive Streams §3.9). */
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
     * Ends it from outside: the source is cancelled, which closes its connection, and a subscriber that has seen no end is
     * signalled this as its error; it may hold a file or have readers. After the end it does nothing.
     */
    public void abandon(Throwable why) {
        if (cut.compareAndSet(null, why)) {
            letGo();
            drain();
        }
    }

    /** From the source: more of it. */
    void arrived(List<ByteBuffer> buffers) {
        arrived.add(buffers);
        drain();
    }

    /** From the source: the end, in error or, with null, well. The first one counts. */
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

    /** One signal. What the source throws is the subscriber's error, or its reader would wait for ever. */
    private boolean stepped() {
        try {
            return step();
        } catch (Throwable e) {
            if (subscriber == null) { // out of the last signal: nobody has anything to do after that
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
            // of a source that ends in any case
        }
    }

    /** One signal; false when there is none to give now. */
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
        End at = end.get(); // before the look at what arrived, which came before the end
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

    /** A subscription, with null, or an item. */
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

    /** Nothing is signalled after this, and nothing kept (Reactive Streams §3.13). */
    private void finish() {
        subscriber = null;
        held = Collections.emptyIterator();
        if (!arrived.isEmpty()) { // to clear it costs more than to look
            arrived.clear();
        }
        Runnable next = AFTER.getAndSet(this, Over.OVER);
        if (next != null) {
            try {
                next.run();
            } catch (Throwable e) {
                // which it must not; and the subscriber's last signal is still to come
            }
        }
    }

    /** A demand without bound stays one. */
    private static long less(long demand) {
        return demand == Long.MAX_VALUE ? demand : demand - 1;
    }

    private static long sum(long demand, long more) {
        return demand + more < 0 ? Long.MAX_VALUE : demand + more;
    }
}
