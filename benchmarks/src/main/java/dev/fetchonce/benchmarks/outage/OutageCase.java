package dev.fetchonce.benchmarks.outage;

import java.time.Duration;
import java.util.stream.IntStream;

/**
 * One case of the simulation: an outage, or several in a row, and the demand for the URLs of the host. All URLs are asked
 * all the time.
 *
 * @param kind the kind of trouble, in the words of the tables
 * @param trouble the trouble
 * @param broken the URLs in trouble
 * @param urls the number of URLs at the host
 * @param users the number of users; each asks for all URLs, and has responses of its own
 * @param callers the number of callers of each URL for each user
 * @param length the length of an outage
 * @param stored whether an answer is stored for each URL at the beginning
 * @param outages the number of outages in a row
 * @param up the time between two outages
 */
record OutageCase(
        String kind,
        Trouble trouble,
        Broken broken,
        int urls,
        int users,
        int callers,
        Duration length,
        boolean stored,
        int outages,
        Duration up) {
    /** The number of callers of each URL, unless a case says otherwise. */
    static final int USUAL_CALLERS = 100;

    /** The responses that are in trouble. */
    enum Broken {
        /** All responses of the host. */
        ALL,
        /** The responses of the first URL. */
        FIRST_URL,
        /** The responses of all URLs but the first. */
        OTHER_URLS,
        /** The responses to the first user. */
        FIRST_USER
    }

    /** Returns one outage of a host with one URL. */
    static OutageCase of(String kind, Trouble trouble, Duration length) {
        return new OutageCase(kind, trouble, Broken.ALL, 1, 1, USUAL_CALLERS, length, true, 1, Duration.ZERO);
    }

    /** Returns this case with so many URLs at the host. */
    OutageCase urls(int number) {
        return new OutageCase(kind, trouble, broken, number, users, callers, length, stored, outages, up);
    }

    /** Returns this case with so many users of each URL; the host is in trouble for the first user alone. */
    OutageCase firstUserOf(int number) {
        return new OutageCase(kind, trouble, Broken.FIRST_USER, urls, number, callers, length, stored, outages, up);
    }

    /** Returns this case with other URLs in trouble. */
    OutageCase broken(Broken other) {
        return new OutageCase(kind, trouble, other, urls, users, callers, length, stored, outages, up);
    }

    /** Returns this case without stored answers at the beginning. */
    OutageCase cold() {
        return new OutageCase(kind, trouble, broken, urls, users, callers, length, false, outages, up);
    }

    /** Returns this case with several outages in a row. */
    OutageCase flapping(int number, Duration between) {
        return new OutageCase(kind, trouble, broken, urls, users, callers, length, stored, number, between);
    }

    /** Returns this case with so many callers of each URL. */
    OutageCase callers(int number) {
        return new OutageCase(kind, trouble, broken, urls, users, number, length, stored, outages, up);
    }

    /** Returns the number of URLs in trouble. */
    int brokenUrls() {
        return (int) IntStream.range(0, urls).filter(url -> isBroken(url, 0)).count();
    }

    /** Returns the time of the last return of the host, in nanoseconds from the beginning. */
    long end() {
        return period() * (outages - 1) + length.toNanos();
    }

    /** Returns the time of the first return of the host after another time, in nanoseconds from the beginning. */
    long returnAfter(long at) {
        long first = at / period() * period() + length.toNanos();
        return first < at ? first + period() : first;
    }

    /** Reports whether the host is in trouble at a time, in nanoseconds from the beginning. */
    boolean inTrouble(long at) {
        return at < end() && at % period() < length.toNanos();
    }

    /** Reports whether a response is in trouble while the host is. */
    boolean isBroken(int url, int user) {
        return switch (broken) {
            case ALL -> true;
            case FIRST_URL -> url == 0;
            case OTHER_URLS -> url != 0;
            case FIRST_USER -> user == 0;
        };
    }

    private long period() {
        return length.plus(up).toNanos();
    }
}
