package dev.fetchonce.internal.origin;

import java.util.concurrent.atomic.AtomicInteger;

/** The places of one origin for exchanges that go on past their usual time. Takes no lock. Thread-safe. */
final class OvertimePlaces {
    private final AtomicInteger free;

    OvertimePlaces(int most) {
        this.free = new AtomicInteger(most);
    }

    /** Takes a place if one is free; {@link #giveBack} gives it back. */
    boolean take() {
        return free.getAndUpdate(now -> Math.max(0, now - 1)) > 0;
    }

    void giveBack() {
        free.incrementAndGet();
    }

    int free() {
        return free.get();
    }
}
