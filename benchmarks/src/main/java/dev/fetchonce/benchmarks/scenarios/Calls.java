package dev.fetchonce.benchmarks.scenarios;

import java.util.concurrent.Callable;

/** Calls that must be served. */
final class Calls {
    private Calls() {}

    /**
     * Makes a call.
     *
     * @throws IllegalStateException when it fails
     */
    static Object made(Callable<?> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw new IllegalStateException("a call failed", e);
        }
    }
}
