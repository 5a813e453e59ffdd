package dev.fetchonce.benchmarks.outage;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** A target of the backoff, for all cases that it concerns. Times are in nanoseconds. */
enum OutageTarget {
    FAILED_CALLS(Unit.COUNT, "No call fails where an answer is stored"),
    LONGEST_WAIT(Unit.TIME, "No caller waits longer than `softTimeout` where an answer is stored"),
    LATER_WAIT(Unit.TIME, "A caller that comes after the first failure of its URL waits less than 20 ms"),
    REQUESTS_WITH_STATUSES(
            Unit.COUNT,
            "A URL that fails with statuses gets at most 16 requests in 5 s and 140 in 10 min; all such URLs of a host"
                    + " get 70 and 560"),
    REQUESTS_REFUSED(Unit.COUNT, "A host that refuses connections gets no request"),
    AFTER_REFUSAL(
            Unit.TIME, "After a refusal the first URL is fresh within 0.3 s, or within 2.3 s after more than 30 s"),
    AFTER_REQUESTED_WAIT(Unit.TIME, "A URL is fresh within 0.3 s after the wait that the origin has requested"),
    AFTER_OTHER_TROUBLE(
            Unit.TIME,
            "After another outage the first URL is fresh within a tenth of the outage plus 0.3 s, at the 95th"
                    + " percentile"),
    LONGEST_RECOVERY(Unit.TIME, "After any outage the first URL is fresh within 10 s"),
    LAST_URL(Unit.TIME, "The last URL is fresh one second after the first one, plus URLs × answer time / 64");

    private static final long SECOND = 1_000_000_000;
    private static final long SLACK = 300_000_000;
    private static final long SOFT_TIMEOUT = SECOND;
    private static final long SHORT_WAIT = 20_000_000;
    private static final long LONGEST = 10 * SECOND;
    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration FAST_KNOCKS = Duration.ofSeconds(30);

    private final Unit unit;
    private final String text;

    OutageTarget(Unit unit, String text) {
        this.unit = unit;
        this.text = text;
    }

    /** The unit of a bound. */
    enum Unit {
        COUNT,
        TIME
    }

    Unit unit() {
        return unit;
    }

    /** Returns the target in words. */
    String text() {
        return text;
    }

    /** Reports whether the target concerns a case. */
    boolean concerns(OutageCase outage) {
        return switch (this) {
            case FAILED_CALLS, LONGEST_WAIT, LATER_WAIT -> outage.stored();
            case REQUESTS_WITH_STATUSES -> outage.trouble() instanceof Trouble.Answers;
            case REQUESTS_REFUSED, AFTER_REFUSAL -> refuses(outage);
            case AFTER_REQUESTED_WAIT -> requestsWait(outage);
            case AFTER_OTHER_TROUBLE -> !refuses(outage) && !requestsWait(outage);
            case LONGEST_RECOVERY -> true;
            case LAST_URL -> !requestsWait(outage);
        };
    }

    /** Returns the number of a sample that the bound limits. */
    long measured(OutageSample sample) {
        return switch (this) {
            case FAILED_CALLS -> sample.most(OutageResult::failedCalls);
            case LONGEST_WAIT -> sample.most(OutageResult::worstWait);
            case LATER_WAIT -> sample.most(OutageResult::laterWait);
            case REQUESTS_WITH_STATUSES, REQUESTS_REFUSED -> sample.most(OutageResult::requests);
            case AFTER_REFUSAL, LONGEST_RECOVERY -> sample.most(OutageResult::firstFresh);
            case AFTER_REQUESTED_WAIT -> sample.most(OutageResult::afterRequestedWait);
            case AFTER_OTHER_TROUBLE -> sample.percentile(95, OutageResult::firstFresh);
            case LAST_URL -> sample.most(result -> result.lastFresh() - result.firstFresh());
        };
    }

    /** Returns the bound for a case. */
    long bound(OutageCase outage) {
        return switch (this) {
            case FAILED_CALLS, REQUESTS_REFUSED -> 0;
            case LONGEST_WAIT -> SOFT_TIMEOUT;
            case LATER_WAIT -> SHORT_WAIT - 1;
            case REQUESTS_WITH_STATUSES -> requests(outage);
            case AFTER_REFUSAL, AFTER_OTHER_TROUBLE -> recovery(outage);
            case AFTER_REQUESTED_WAIT -> SLACK;
            case LONGEST_RECOVERY -> LONGEST;
            case LAST_URL -> SECOND + outage.urls() * OutageSimulation.ANSWER_TIME / OutageSimulation.PERMITS;
        };
    }

    /** Reports whether a sample meets the target; true where the target does not concern it. */
    boolean met(OutageSample sample) {
        return !concerns(sample.outage()) || measured(sample) <= bound(sample.outage());
    }

    /** Returns the sample with the largest share of its bound. */
    OutageSample nearest(List<OutageSample> samples) {
        return samples.stream().max(Comparator.comparingDouble(this::share)).orElseThrow();
    }

    private double share(OutageSample sample) {
        return (double) measured(sample) / Math.max(1, bound(sample.outage()));
    }

    private static boolean refuses(OutageCase outage) {
        return outage.trouble() instanceof Trouble.Refuses;
    }

    private static boolean requestsWait(OutageCase outage) {
        return outage.trouble() instanceof Trouble.Answers answers && answers.retryAfterSeconds() >= 0;
    }

    /** Returns the bound of the time from the return of the host to the first fresh URL. */
    static long recovery(OutageCase outage) {
        if (refuses(outage)) {
            return outage.length().compareTo(FAST_KNOCKS) <= 0 ? SLACK : 2 * SECOND + SLACK;
        }
        return Math.min(outage.length().toNanos() / 10 + SLACK, LONGEST);
    }

    /** Returns the bound of the number of requests. */
    static long requests(OutageCase outage) {
        boolean brief = Duration.ofNanos(outage.end()).compareTo(SHORT) <= 0;
        long broken = outage.brokenUrls();
        return brief ? Math.min(16 * broken, 70) : Math.min(140 * broken, 560);
    }
}
