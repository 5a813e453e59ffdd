package dev.fetchonce.internal.origin;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all bodies may take together that are gathered while one reads them: they hold no permit, and so their number has
 * no bound. Thread-safe.
 */
public final class BufferAllowance {
    private final AtomicLong left;

    public BufferAllowance(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes so many, or none; says which. */
    boolean take(long bytes) {
        long before = left.getAndUpdate(free -> free < bytes ? free : free - bytes);
        return before >= bytes;
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** How many are left. */
    long left() {
        return left.get();
    }
}
