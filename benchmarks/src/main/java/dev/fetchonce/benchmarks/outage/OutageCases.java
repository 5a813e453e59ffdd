package dev.fetchonce.benchmarks.outage;

import java.time.Duration;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The cases of the simulation, which the targets, the tables and the plots share. */
final class OutageCases {
    static final String REFUSES = "refuses connections";
    static final String UNAVAILABLE = "503";
    static final String RETRY_AFTER = "503, Retry-After: 5";
    static final String LIMITS = "429 for one of 100 users";
    static final String LIMITS_UNTIL = "429, Retry-After: 5, for one of 100 users";
    static final String HANGS = "hangs";
    static final String DRIPS = "drips";
    static final String SLOW = "slow, 1.3 s";
    static final String VERY_SLOW = "slow, 3 s";

    /** The lengths of outages, in seconds. */
    static final List<Double> LENGTHS = List.of(0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0);

    /** The numbers of URLs at one host. */
    static final List<Integer> URLS = List.of(1, 4, 10, 100, 1_000, 10_000);

    private static final List<Integer> CALLERS = List.of(1, 10, 1_000);
    private static final int HUNG_NEIGHBOURS = 200;
    private static final int RETRY_AFTER_SECONDS = 5;

    private OutageCases() {}

    /** Returns one outage of each kind and length, of a host with one URL. */
    static List<OutageCase> byLength() {
        return LENGTHS.stream()
                .flatMap(seconds -> Stream.of(
                                REFUSES, UNAVAILABLE, RETRY_AFTER, LIMITS, LIMITS_UNTIL, HANGS, DRIPS, SLOW, VERY_SLOW)
                        .map(kind -> of(kind, seconds)))
                .toList();
    }

    /** Returns short and long outages of a host with more and more URLs. */
    static List<OutageCase> byUrls() {
        return Stream.of(
                        byUrls(REFUSES, 5, 30, 60, 600),
                        byUrls(UNAVAILABLE, 5, 60, 600),
                        byUrls(RETRY_AFTER, 5, 60, 600),
                        byUrls(HANGS, 5, 60, 600))
                .flatMap(List::stream)
                .toList();
    }

    private static List<OutageCase> byUrls(String kind, double... lengths) {
        return DoubleStream.of(lengths)
                .boxed()
                .flatMap(seconds -> URLS.stream().map(urls -> of(kind, seconds).urls(urls)))
                .toList();
    }

    /** Returns outages with fewer and more callers of one URL than usual. */
    static List<OutageCase> byCallers() {
        return Stream.of(REFUSES, UNAVAILABLE, HANGS)
                .flatMap(kind -> CALLERS.stream().map(callers -> of(kind, 10).callers(callers)))
                .toList();
    }

    /** Returns outages of some URLs of a host whose other URLs have no trouble. */
    static List<OutageCase> besideOthers() {
        return Stream.of(
                        Stream.of(UNAVAILABLE, RETRY_AFTER, HANGS, SLOW, VERY_SLOW)
                                .map(kind -> of(kind, 60).urls(4).broken(OutageCase.Broken.FIRST_URL)),
                        DoubleStream.of(10, 60, 600)
                                .mapToObj(seconds -> of(HANGS, seconds)
                                        .urls(HUNG_NEIGHBOURS + 1)
                                        .broken(OutageCase.Broken.OTHER_URLS)))
                .flatMap(cases -> cases)
                .toList();
    }

    /** Returns outages in a row. */
    static List<OutageCase> flapping() {
        return Stream.of(REFUSES, UNAVAILABLE, HANGS)
                .flatMap(kind -> IntStream.of(1, 100)
                        .mapToObj(urls -> of(kind, 5).urls(urls).flapping(12, Duration.ofSeconds(3))))
                .toList();
    }

    /** Returns outages that begin before any answer is stored. */
    static List<OutageCase> cold() {
        return Stream.of(REFUSES, UNAVAILABLE, HANGS, VERY_SLOW)
                .map(kind -> of(kind, 10).cold())
                .toList();
    }

    /** Returns all cases, each once. */
    static List<OutageCase> all() {
        return Stream.of(byLength(), byUrls(), byCallers(), besideOthers(), flapping(), cold())
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** Returns the outage of this kind and length at a host with one URL. */
    static OutageCase of(String kind, double seconds) {
        OutageCase outage = OutageCase.of(kind, trouble(kind), Duration.ofMillis((long) (seconds * 1e3)));
        return kind.equals(LIMITS) || kind.equals(LIMITS_UNTIL) ? outage.firstUserOf(100) : outage;
    }

    private static Trouble trouble(String kind) {
        return switch (kind) {
            case REFUSES -> new Trouble.Refuses();
            case UNAVAILABLE -> new Trouble.Answers(503, -1);
            case RETRY_AFTER -> new Trouble.Answers(503, RETRY_AFTER_SECONDS);
            case LIMITS -> new Trouble.Answers(429, -1);
            case LIMITS_UNTIL -> new Trouble.Answers(429, RETRY_AFTER_SECONDS);
            case HANGS -> new Trouble.Hangs();
            case DRIPS -> new Trouble.Drips();
            case SLOW -> new Trouble.Slow(Duration.ofMillis(1_300));
            case VERY_SLOW -> new Trouble.Slow(Duration.ofSeconds(3));
            default -> throw new IllegalArgumentException(kind);
        };
    }
}
