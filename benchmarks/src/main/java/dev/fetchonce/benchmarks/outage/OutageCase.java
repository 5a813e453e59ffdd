package dev.fetchonce.benchmarks.outage;

import java.time.Duration;

/**
 * One outage of a simulation. All URLs are asked all the time.
 *
 * @param name the name in tables
 * @param trouble the trouble
 * @param broken the URLs in trouble
 * @param urls the number of URLs at the host
 * @param callers the number of callers of each URL
 * @param length the length of the outage
 * @param stored whether an answer is stored for each URL at its beginning
 * @param up the time between two outages for a host that flaps; zero for one outage
 */
record OutageCase(
        String name,
        Trouble trouble,
        Broken broken,
        int urls,
        int callers,
        Duration length,
        boolean stored,
        Duration up) {
    /** The URLs that are in trouble. */
    enum Broken {
        /** All URLs of the host. */
        ALL,
        /** The first URL alone. */
        FIRST,
        /** All URLs but the first. */
        ALL_BUT_FIRST
    }

    /** Returns one outage of all URLs of a host. */
    static OutageCase of(String name, Trouble trouble, int urls, Duration length) {
        return new OutageCase(name, trouble, Broken.ALL, urls, 100, length, true, Duration.ZERO);
    }

    OutageCase broken(Broken other) {
        return new OutageCase(name, trouble, other, urls, callers, length, stored, up);
    }

    OutageCase cold() {
        return new OutageCase(name + ", nothing stored", trouble, broken, urls, callers, length, false, up);
    }

    OutageCase flapping(Duration between) {
        return new OutageCase(name, trouble, broken, urls, callers, length, stored, between);
    }

    OutageCase callers(int other) {
        return new OutageCase(name, trouble, broken, urls, other, length, stored, up);
    }

    /** Reports whether a URL is in trouble at a time of the simulation, in nanoseconds from the outage's beginning. */
    boolean inTrouble(int url, long at) {
        boolean mine = switch (broken) {
            case ALL -> true;
            case FIRST -> url == 0;
            case ALL_BUT_FIRST -> url != 0;
        };
        long period = length.plus(up).toNanos();
        return mine && at >= 0 && (up.isZero() ? at : at % period) < length.toNanos();
    }
}
