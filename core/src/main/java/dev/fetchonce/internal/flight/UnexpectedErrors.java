package dev.fetchonce.internal.flight;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The throwables that a duty of a flight table met while others rely on that duty, so that it goes on. To take note of one
 * is one write, which cannot fail; the thread of a flight tells it once it has nothing else to do, as its listener may hang.
 * Thread-safe.
 */
final class UnexpectedErrors {
    private final Consumer<Throwable> listener;

    /** The first one that is not told yet. */
    private final AtomicReference<@Nullable Throwable> untold = new AtomicReference<>();

    private volatile @Nullable Class<?> told;

    /**
     * Has met nothing yet.
     *
     * @param listener told of each, but not twice in a row of one class
     */
    UnexpectedErrors(Consumer<Throwable> listener) {
        this.listener = listener;
    }

    /** Takes note of a throwable, unless one is untold. */
    void met(Throwable what) {
        untold.compareAndSet(null, what);
    }

    /** Tells the listener; throws nothing. */
    void tell() {
        try {
            Throwable what = untold.get() == null ? null : untold.getAndSet(null);
            if (what != null && what.getClass() != told) {
                told = what.getClass();
                listener.accept(what);
            }
        } catch (Throwable e) {
            // a listener that fails has no other to be told of it
        }
    }
}
