package dev.fetchonce.internal.flight;

import java.util.function.Consumer;

/**
 * Interrupts the threads of flights and calls. An interrupt closes the channel in which code of the application is blocked, and that
 * close may throw, or hang: so it is made apart from the threads on which others rely. Thread-safe.
 */
public final class Interrupts {
    private final ProtocolSteps steps;
    private final UnexpectedErrors unforeseen;

    /**
     * For threads that are not those of a flight table.
     *
     * @param unforeseen told what an interrupt has thrown, not twice in a row of one class
     */
    public Interrupts(Consumer<Throwable> unforeseen) {
        this(ProtocolSteps.NONE, new UnexpectedErrors(unforeseen));
    }

    Interrupts(ProtocolSteps steps, UnexpectedErrors unforeseen) {
        this.steps = steps;
        this.unforeseen = unforeseen;
    }

    /**
     * Interrupts a thread, about now.
     *
     * @param made run once the interrupt is made, or has thrown
     */
    public void send(Thread thread, Runnable made) {
        steps.apart(() -> {
            make(thread);
            made.run();
            tell();
        });
    }

    /**
     * Interrupts a thread now, on this one, which may hang. One that throws leaves its thread asleep, so it is made again: the
     * channel is closed by then. Throws nothing; {@link #tell} what was thrown.
     */
    public void make(Thread thread) {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                steps.interrupt(thread);
                return;
            } catch (Throwable e) {
                unforeseen.met(e);
            }
        }
    }

    /** Tells what was thrown; not while a lock is held. */
    public void tell() {
        unforeseen.tell();
    }
}
