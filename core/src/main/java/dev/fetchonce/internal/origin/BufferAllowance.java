package dev.fetchonce.internal.origin;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The common memory bound, in bytes, of all bodies that are gathered while a reader reads them. Such a body holds no
 * permit, so nothing else bounds their number. Thread-safe.
 */
public final class BufferAllowance {
    private final AtomicLong left;

    public BufferAllowance(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes this many bytes if they are left. Returns whether it took them. */
    boolean take(long bytes) {
        long before = left.getAndUpdate(free -> free < bytes ? free : free - bytes);
        return before >= bytes;
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** Returns how many bytes are left. */
    long left() {
        return left.get();
    }
}
