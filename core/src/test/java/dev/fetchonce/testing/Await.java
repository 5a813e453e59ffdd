package dev.fetchonce.testing;

import java.time.Duration;
import java.util.concurrent.Callable;

/** The place where tests wait for a condition that no thread signals. */
public final class Await {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private Await() {}

    public static void until(String what, Callable<Boolean> condition) {
        long start = System.nanoTime();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - start > LONGEST.toNanos()) {
                    throw new AssertionError("waited " + LONGEST + " in vain until " + what);
                }
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting until " + what, e);
        } catch (Exception e) {
            throw new AssertionError("while waiting until " + what, e);
        }
    }
}
