package dev.fetchonce.internal.flight;

/**
 * Interrupts the threads of flights. An interrupt closes the channel in which code of the application is blocked, and that
 * close may throw, or hang: so it is made apart from the threads on which others rely. Thread-safe.
 */
final class Interrupts {
    private final Steps steps;
    private final Unforeseen unforeseen;

    Interrupts(Steps steps, Unforeseen unforeseen) {
        this.steps = steps;
        this.unforeseen = unforeseen;
    }

    /**
     * Interrupts a thread, about now.
     *
     * @param made run once the interrupt is made, or has thrown
     */
    void send(Thread thread, Runnable made) {
        steps.apart(() -> {
            try {
                make(thread);
            } catch (Throwable e) {
                unforeseen.met(e);
            } finally {
                made.run();
            }
            unforeseen.tell();
        });
    }

    /** One that throws leaves its thread asleep; the next one finds the channel closed. */
    private void make(Thread thread) {
        try {
            steps.interrupt(thread);
        } catch (Throwable e) {
            unforeseen.met(e);
            steps.interrupt(thread);
        }
    }
}
