package dev.fetchonce.benchmarks.harness;

import java.io.Serial;

/** The reason why a process has no figures. */
final class StintFailed extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    StintFailed(String message) {
        super(message);
    }
}
