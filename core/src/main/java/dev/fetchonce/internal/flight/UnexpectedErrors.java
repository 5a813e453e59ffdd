package dev.fetchonce.internal.flight;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The recorder of throwables in duties of a flight table on which other threads rely; such a duty records the throwable
 * and goes on. A record is one write, which cannot fail. The thread of a flight reports it at its very end, as the
 * listener may hang. Thread-safe.
 */
final class UnexpectedErrors {
    private final Consumer<Throwable> listener;

    /** The first throwable that was not yet reported, or null. */
    private final AtomicReference<@Nullable Throwable> unreported = new AtomicReference<>();

    private volatile @Nullable Class<?> lastReported;

    /**
     * Makes an empty recorder.
     *
     * @param listener gets each reported throwable, but not two of one class in a row
     */
    UnexpectedErrors(Consumer<Throwable> listener) {
        this.listener = listener;
    }

    /** Records a throwable, unless an earlier one waits for its report. */
    void add(Throwable what) {
        unreported.compareAndSet(null, what);
    }

    /** Reports the recorded throwable to the listener, if any; throws nothing. */
    void report() {
        try {
            Throwable what = unreported.get() == null ? null : unreported.getAndSet(null);
            if (what != null && what.getClass() != lastReported) {
                lastReported = what.getClass();
                listener.accept(what);
            }
        } catch (Throwable e) {
            // a fault of the listener has no further listener
        }
    }
}
