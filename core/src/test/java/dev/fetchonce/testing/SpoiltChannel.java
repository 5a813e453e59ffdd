package dev.fetchonce.testing;

import java.io.IOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A channel in which code of an application blocks, and whose close throws: so an interrupt of that thread throws. */
public final class SpoiltChannel extends AbstractInterruptibleChannel {
    private final Supplier<Throwable> why;
    private final Latch gate;
    private final AtomicInteger closes = new AtomicInteger();

    /**
     * An open channel.
     *
     * @param why what its close throws
     * @param gate where who uses it blocks
     */
    public SpoiltChannel(Supplier<Throwable> why, Latch gate) {
        this.why = why;
        this.gate = gate;
    }

    @Override
    protected void implCloseChannel() {
        closes.incrementAndGet();
        SpoiltChannel.<RuntimeException>sneak(why.get());
    }

    @SuppressWarnings("unchecked") // so that any throwable can be thrown
    private static <E extends Throwable> void sneak(Throwable what) throws E {
        throw (E) what;
    }

    /** Blocks until the thread is interrupted, which stays pending, or the gate opens. */
    public void block() {
        begin();
        try {
            gate.pass();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                end(true);
            } catch (IOException e) {
                // it was closed by the interrupt
            }
        }
    }

    /** How often it was closed. */
    public int closes() {
        return closes.get();
    }
}
