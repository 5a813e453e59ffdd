package dev.fetchonce.benchmarks.soak;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A URL of an origin, and the versions of it that the origin has sent. Thread-safe.
 *
 * <p>The referee relies on the order of an update: a version counts as sent before its first byte goes out.
 */
final class Document {
    private final String path;
    private final AtomicLong current = new AtomicLong(1);
    private final AtomicLong newestSent = new AtomicLong();

    /** Makes a document in its first version. */
    Document(String path) {
        this.path = path;
    }

    /** Returns its path, such as {@code /page/17}. */
    String path() {
        return path;
    }

    /** Moves on to a new version, and returns it. */
    long publish() {
        return current.incrementAndGet();
    }

    /** Returns the current version at the origin. */
    long current() {
        return current.get();
    }

    /** Returns the current version, which the origin is about to send. */
    long send() {
        long version = current.get();
        newestSent.accumulateAndGet(version, Math::max);
        return version;
    }

    /** Returns the newest version of which the origin has sent any byte; 0 before the first. */
    long newestSent() {
        return newestSent.get();
    }
}
