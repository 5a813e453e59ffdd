package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.http.failure.Failure;
import java.io.IOException;

/**
 * An answer could not be had, and there was no stale one to stand in for it. All who waited share one, so it has no stack:
 * that of whoever completed their futures would tell them nothing.
 */
public final class AsyncFetchException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    AsyncFetchException(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /** What went wrong. */
    public Failure failure() {
        return failure;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
