package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.BackoffKey;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.failure.KnockPace;
import dev.fetchonce.internal.http.failure.RequestedWait;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One simulated outage. A URL that is asked all the time needs an event only where the answer to its callers changes:
 * where a wait ends, where a fetch ends, and where another URL opens the host. For one thread.
 */
final class OutageSimulation {
    private static final long TIMEOUT = Duration.ofSeconds(1).toNanos();
    private static final long FIRST_TIMEOUT = Duration.ofSeconds(10).toNanos();
    private static final long CALL_AGAIN = Duration.ofMillis(100).toNanos();
    private static final long ANSWER_TIME = Duration.ofMillis(5).toNanos();
    private static final long MAXIMUM_RETRY_AFTER = Duration.ofHours(1).toNanos();
    private static final long TTL = Duration.ofSeconds(20).toNanos();
    private static final int PERMITS = 64;
    private static final int FEW = 1_000;
    private static final String ORIGIN = "http://h";

    private final OutageCase outage;
    private final Random random;
    private final VirtualTime time = new VirtualTime();
    private final Backoffs backoffs;
    private final List<Url> urls = new ArrayList<>();
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private int permits = PERMITS;
    private boolean lastFailed;
    private boolean knocks;
    private long connectingSince;

    private long requests;
    private long connects;
    private long worstWait;
    private boolean waitedLater;
    private long failedCalls;
    private long firstFresh = -1;
    private long lastFresh = -1;

    private OutageSimulation(OutageCase outage, long seed) {
        this.outage = outage;
        this.random = new Random(seed);
        this.backoffs = new Backoffs(
                time::now,
                new BackoffDelay(
                        Duration.ofMillis(500).toNanos(), Duration.ofSeconds(10).toNanos()),
                TIMEOUT + Duration.ofSeconds(11).toNanos(),
                random::nextDouble);
    }

    /** Simulates an outage. */
    static OutageResult run(OutageCase outage, long seed) {
        OutageSimulation simulation = new OutageSimulation(outage, seed);
        return simulation.run();
    }

    private OutageResult run() {
        for (int i = 0; i < outage.urls(); i++) {
            Url url = new Url(i);
            urls.add(url);
            time.at((long) (random.nextDouble() * untilAllAreStale()), url::look);
        }
        time.runUntil(end() + Duration.ofSeconds(60).toNanos());
        boolean all = urls.stream().allMatch(url -> url.fresh);
        return new OutageResult(
                requests, connects, worstWait, waitedLater, failedCalls, firstFresh, all ? lastFresh : -1);
    }

    /** Stored answers become stale one after the other: few early in the outage, many in the course of a TTL. */
    private double untilAllAreStale() {
        return outage.urls() > FEW ? (double) TTL : Math.min(1e9, end() / 2.0);
    }

    private long end() {
        return outage.length().toNanos();
    }

    private boolean over() {
        return time.now() >= end() && outage.up().isZero();
    }

    /** One URL, and all its callers. */
    private final class Url {
        private final int number;
        private final BackoffKey key;
        private boolean stored = outage.stored();
        private boolean failed;
        private boolean flies;
        private boolean fresh;
        private long looks;

        Url(int number) {
            this.number = number;
            String text = ORIGIN + "/" + number;
            this.key = new BackoffKey(text, text, ORIGIN, "");
        }

        void look() {
            if (flies || fresh) {
                return;
            }
            looks++;
            switch (backoffs.outlook(key, time.now())) {
                case Outlook.Clear clear -> launch(true);
                case Outlook.Counted counted -> launch(true);
                case Outlook.Due due -> launch(!stored);
                case Outlook.Held held -> held(held.until());
                case Outlook.InTurn turn -> lookAgain(turn.from());
            }
        }

        private void held(long until) {
            if (!stored) {
                failedCalls += outage.callers() * Math.max(1, (until - time.now()) / CALL_AGAIN);
            }
            if (connectingSince >= 0) {
                knock();
            }
            lookAgain(until);
        }

        private void lookAgain(long at) {
            long mine = looks;
            time.at(Math.max(at, time.now() + 1), () -> {
                if (looks == mine) { // no look came in between
                    look();
                }
            });
        }

        private void launch(boolean callersWait) {
            switch (backoffs.admit(key, time.now())) {
                case Backoffs.Refused refused -> {
                    switch (refused.why()) {
                        case Outlook.Held held -> held(held.until());
                        case Outlook.InTurn turn -> lookAgain(turn.from());
                        case Outlook.Clear clear -> lookAgain(time.now());
                        case Outlook.Counted counted -> lookAgain(time.now());
                        case Outlook.Due due -> lookAgain(time.now());
                    }
                }
                case Backoffs.Admitted admitted -> {
                    flies = true;
                    long since = time.now();
                    if (permits > 0) {
                        permits--;
                        send(admitted.probe(), since, callersWait);
                    } else {
                        queue.add(() -> sendQueued(admitted.probe(), since, callersWait));
                    }
                }
            }
        }

        private void sendQueued(long probe, long since, boolean callersWait) {
            switch (backoffs.admitAgain(key, probe, time.now())) {
                case Backoffs.Refused refused -> {
                    flies = false;
                    waited(since, callersWait);
                    release();
                    time.at(time.now(), this::look);
                }
                case Backoffs.Admitted admitted -> send(admitted.probe(), since, callersWait);
            }
        }

        private void send(long probe, long since, boolean callersWait) {
            long limit = stored ? TIMEOUT : FIRST_TIMEOUT;
            boolean trouble = outage.inTrouble(number, time.now());
            boolean refuses = trouble && outage.trouble() instanceof Trouble.Refuses;
            if (trouble && !refuses) {
                requests++;
            }
            if (refuses) {
                connects++;
            }
            long lasts = !trouble
                    ? ANSWER_TIME
                    : switch (outage.trouble()) {
                        case Trouble.Refuses nothing -> 1_000_000;
                        case Trouble.Answers answers -> ANSWER_TIME;
                        case Trouble.Hangs hangs -> limit;
                        case Trouble.Slow slow -> Math.min(limit, slow.latency().toNanos());
                    };
            @Nullable Failure failure = trouble ? Trouble.failure(outage.trouble(), Duration.ofNanos(limit)) : null;
            time.at(time.now() + lasts, () -> land(probe, since, callersWait, failure));
        }

        private void land(long probe, long since, boolean callersWait, @Nullable Failure failure) {
            flies = false;
            waited(since, callersWait);
            BackoffUpdate update = failure == null
                    ? new BackoffUpdate.Answered()
                    : new BackoffUpdate.Failed(failure, FailureRule.covers(failure), requested(failure), stored);
            backoffs.landed(key, probe, update, time.now());
            if (failure == null) {
                stored = true;
                fresh = true;
                if (outage.inTrouble(number, 0) && time.now() >= end()) {
                    firstFresh = firstFresh < 0 ? time.now() - end() : firstFresh;
                    lastFresh = time.now() - end();
                }
                time.at(time.now() + TTL, this::stale);
                opened();
            } else {
                if (!stored) {
                    failedCalls += outage.callers();
                }
                failed = true;
                lastFailed = true;
                boolean connecting = failure.reason() == Reason.CONNECT;
                connectingSince = !connecting ? -1 : connectingSince < 0 ? time.now() : connectingSince;
                look();
            }
            release();
        }

        private OptionalLong requested(Failure failure) {
            return failure.status().isPresent() && outage.trouble() instanceof Trouble.Answers answers
                    ? RequestedWait.nanos(
                            answers.status(), Trouble.headers(answers), Instant.EPOCH, MAXIMUM_RETRY_AFTER)
                    : OptionalLong.empty();
        }

        private void stale() {
            if (!over()) {
                fresh = false;
                look();
            }
        }

        /** Takes note of the wait of the callers that came at the start of the fetch. */
        private void waited(long since, boolean callersWait) {
            if (callersWait) {
                long wait = time.now() - since;
                worstWait = Math.max(worstWait, stored ? Math.min(wait, TIMEOUT) : wait);
                waitedLater |= stored && failed && wait > Duration.ofMillis(20).toNanos();
            }
            failed &= !fresh;
        }
    }

    /** Lets all URLs look again after the first success that follows a failure. */
    private void opened() {
        connectingSince = -1;
        if (lastFailed) {
            lastFailed = false;
            urls.forEach(url -> time.at(time.now(), url::look));
        }
    }

    private void release() {
        Runnable next = queue.poll();
        if (next == null) {
            permits++;
        } else {
            next.run();
        }
    }

    private void knock() {
        if (!knocks) {
            knocks = true;
            long pause = KnockPace.USUAL.pause(time.now() - connectingSince, random.nextDouble());
            time.at(time.now() + pause, () -> {
                knocks = false;
                if (connectingSince < 0) {
                    return;
                }
                if (outage.inTrouble(0, time.now()) && outage.trouble() instanceof Trouble.Refuses) {
                    connects++;
                    knock();
                } else {
                    backoffs.probeNow(Set.of(ORIGIN), time.now());
                    urls.forEach(url -> time.at(time.now(), url::look));
                }
            });
        }
    }
}
