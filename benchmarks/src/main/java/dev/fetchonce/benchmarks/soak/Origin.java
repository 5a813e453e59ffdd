package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.time.Duration;

/** An origin in trouble. Thread-safe. */
interface Origin extends AutoCloseable {
    /** Returns the kind of its trouble, in a word or two. */
    String name();

    /** Returns its documents. */
    Documents documents();

    /** Returns where it listens. */
    Listener listener();

    /** Ends all trouble. From now on every request is answered well. */
    void calm();

    /**
     * Returns how long the trouble of {@link #calm} may still hold a URL: by an exchange that is under way, or by a wait
     * that the origin has requested.
     *
     * @param longest the longest exchange of a cache
     */
    Duration aftermath(Duration longest);

    @Override
    void close() throws IOException;
}
