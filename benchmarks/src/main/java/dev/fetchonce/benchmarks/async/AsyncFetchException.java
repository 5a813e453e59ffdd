package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.failure.Failure;
import java.io.IOException;

/**
 * The failure of a call: no answer could be had, and no stale one stood in for it. All waiters of a flight share one
 * exception. It has no stack trace, because the trace of the thread that completes the futures would not help them.
 */
public final class AsyncFetchException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    AsyncFetchException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** Returns the failure. */
    public Failure failure() {
        return failure;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
