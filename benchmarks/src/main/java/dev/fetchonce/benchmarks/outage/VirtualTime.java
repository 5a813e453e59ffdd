package dev.fetchonce.benchmarks.outage;

import java.util.PriorityQueue;

/** The time of a simulation, in nanoseconds, and the events that are to come. For one thread. */
final class VirtualTime {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long made;

    private record Event(long at, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    long now() {
        return now;
    }

    /** Adds an event; an event in the past happens now. Events of one time happen in the order in which they were added. */
    void at(long time, Runnable action) {
        events.add(new Event(Math.max(time, now), made++, action));
    }

    /** Lets the events happen up to this time. */
    void runUntil(long end) {
        for (Event next = events.peek(); next != null && next.at <= end; next = events.peek()) {
            events.poll();
            now = next.at;
            next.action.run();
        }
        now = end;
    }
}
