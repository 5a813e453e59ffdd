package dev.fetchonce.benchmarks.soak;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A URL of the origin and what is known about its versions, at the origin and among the callers. Thread-safe.
 *
 * <p>The order matters to who judges: a version counts as sent before its first byte goes out, and a floor is raised only
 * after the invalidation that it stands for has returned.
 */
final class Document {
    private final String path;
    private final AtomicLong current = new AtomicLong(1);
    private final AtomicLong newestSent = new AtomicLong();
    private final AtomicLong floor = new AtomicLong(1);

    /** One in its first version. */
    Document(String path) {
        this.path = path;
    }

    /** Where it is, such as {@code /page/17}. */
    String path() {
        return path;
    }

    /** Moves on to a new version, and says which. */
    long publish() {
        return current.incrementAndGet();
    }

    /** The version that the origin has now. */
    long current() {
        return current.get();
    }

    /** The version that the origin has now and is about to send. */
    long send() {
        long version = current.get();
        newestSent.accumulateAndGet(version, Math::max);
        return version;
    }

    /** The newest version of which the origin has sent anything; 0 before the first. */
    long newestSent() {
        return newestSent.get();
    }

    /** Says that everything older than this version was invalidated. */
    void invalidatedBefore(long version) {
        floor.accumulateAndGet(version, Math::max);
    }

    /** The oldest version that a call which begins now may be answered with. */
    long floor() {
        return floor.get();
    }
}
