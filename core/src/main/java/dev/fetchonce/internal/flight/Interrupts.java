package dev.fetchonce.internal.flight;

import java.util.function.Consumer;

/**
 * A sender of interrupts to the threads of flights and calls. An interrupt closes the channel in which the
 * application's code is blocked, and that close may throw or hang. A separate thread therefore makes the interrupt.
 * Thread-safe.
 */
public final class Interrupts {
    private final ProtocolSteps steps;
    private final UnexpectedErrors unexpectedErrors;

    /**
     * Makes a sender for threads outside a flight table.
     *
     * @param unforeseen the listener for the throwables of interrupts; not called twice in a row for one class
     */
    public Interrupts(Consumer<Throwable> unforeseen) {
        this(ProtocolSteps.NONE, new UnexpectedErrors(unforeseen));
    }

    Interrupts(ProtocolSteps steps, UnexpectedErrors unexpectedErrors) {
        this.steps = steps;
        this.unexpectedErrors = unexpectedErrors;
    }

    /**
     * Interrupts a thread soon, from another thread.
     *
     * @param made the action that runs once the interrupt was made, or has thrown
     */
    public void send(Thread thread, Runnable made) {
        steps.apart(() -> {
            make(thread);
            made.run();
            report();
        });
    }

    /**
     * Interrupts a thread now, from the current thread, which may hang in this call. An interrupt that throws leaves
     * the thread asleep, so this method makes a second one; the channel is closed by then. Throws nothing; a later
     * {@link #report} reports the throwable.
     */
    public void make(Thread thread) {
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                steps.interrupt(thread);
                return;
            } catch (Throwable e) {
                unexpectedErrors.add(e);
            }
        }
    }

    /** Reports the throwable of an interrupt to the listener. The caller holds no lock. */
    public void report() {
        unexpectedErrors.report();
    }
}
