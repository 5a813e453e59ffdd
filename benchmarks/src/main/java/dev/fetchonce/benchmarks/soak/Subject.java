package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.HttpCache;
import java.time.Duration;

/**
 * A cache under test.
 *
 * @param name its name in messages
 * @param cache the cache
 * @param policy the options by which it is judged
 * @param longestCall the longest call, without the grace
 * @param habit the actions of its callers
 * @param tally the counts of its callers
 */
record Subject(String name, HttpCache cache, Policy policy, Duration longestCall, Habit habit, Tally tally) {
    /** Returns a cache whose calls last as long as their patience at most. */
    static Subject of(String name, HttpCache cache, Policy policy, Habit habit) {
        return new Subject(name, cache, policy, policy.patience(), habit, new Tally());
    }
}
