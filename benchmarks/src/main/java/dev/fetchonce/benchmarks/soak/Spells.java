package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntSupplier;

/** The spells of peace and of trouble of an origin, in turn on a thread of their own until the origin is calm. Thread-safe. */
final class Spells {
    private final IntSupplier peace;
    private final IntSupplier outage;
    private final Trouble trouble;
    private final Thread thread;
    private volatile boolean over;

    /** The trouble of an origin, which the thread of its spells begins and ends. */
    interface Trouble {
        void begin() throws IOException;

        void end() throws IOException;
    }

    /**
     * Begins with a spell of peace.
     *
     * @param peace draws the length of the next spell of peace, in milliseconds
     * @param outage draws the length of the next spell of trouble, in milliseconds
     */
    Spells(String name, IntSupplier peace, IntSupplier outage, Trouble trouble) {
        this.peace = peace;
        this.outage = outage;
        this.trouble = trouble;
        this.thread = Thread.ofVirtual().name(name).start(this::alternate);
    }

    /** Ends the trouble for good. */
    void end() {
        over = true;
        thread.interrupt();
        try {
            thread.join(); // this thread may be about to end its trouble
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the trouble has ended for good. */
    boolean over() {
        return over;
    }

    private void alternate() {
        try {
            while (!over) {
                Thread.sleep(peace.getAsInt());
                trouble.begin();
                try {
                    Thread.sleep(outage.getAsInt());
                } finally {
                    trouble.end();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the trouble is over
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
