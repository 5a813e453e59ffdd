package dev.fetchonce.testing;

import java.io.IOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A channel in which the application's code blocks, and whose close throws. An interrupt of the blocked thread
 * therefore throws.
 */
public final class SpoiltChannel extends AbstractInterruptibleChannel {
    private final Supplier<Throwable> why;
    private final Latch latch;
    private final AtomicInteger closes = new AtomicInteger();

    /**
     * Makes an open channel.
     *
     * @param why the supplier of the throwable that its close throws
     * @param latch the latch at which the user of the channel blocks
     */
    public SpoiltChannel(Supplier<Throwable> why, Latch latch) {
        this.why = why;
        this.latch = latch;
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

    /**
     * Blocks until an interrupt comes, which stays pending, or until the latch opens. The interrupting thread closes the
     * channel: otherwise the end of the block could close it first, and throw in the blocked thread.
     */
    public void block() {
        begin();
        try {
            latch.pass();
        } catch (InterruptedException e) {
            Await.until("the interrupting thread closes the channel", () -> closes() > 0);
            Thread.currentThread().interrupt();
        } finally {
            try {
                end(true);
            } catch (IOException e) {
                // the interrupt has closed the channel
            }
        }
    }

    /** Returns the number of closes. */
    public int closes() {
        return closes.get();
    }
}
