package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.BackoffKey;
import dev.fetchonce.internal.backoff.BackoffUpdate;
import dev.fetchonce.internal.backoff.Backoffs;
import dev.fetchonce.internal.backoff.LearnedTimeouts;
import dev.fetchonce.internal.backoff.Outlook;
import dev.fetchonce.internal.http.failure.AdaptiveTimeout;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.failure.FailureScope;
import dev.fetchonce.internal.http.failure.KnockPace;
import dev.fetchonce.internal.http.failure.RequestedWait;
import dev.fetchonce.internal.origin.OriginPermits;
import dev.fetchonce.internal.origin.Overtime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of a case in virtual time. A URL that is asked all the time needs an event only where the answer to its callers
 * changes: where a wait ends, where a fetch ends, and where another URL opens the host. For one thread.
 */
final class OutageSimulation {
    private static final long TIMEOUT = Duration.ofSeconds(1).toNanos();
    private static final long FIRST_TIMEOUT = Duration.ofSeconds(10).toNanos();
    private static final long PATIENCE = Duration.ofSeconds(11).toNanos();

    /** The time after which a caller that was answered calls again. */
    private static final long CALL_AGAIN = Duration.ofMillis(20).toNanos();

    static final long ANSWER_TIME = Duration.ofMillis(5).toNanos();
    private static final long REFUSAL_TIME = Duration.ofMillis(1).toNanos();
    private static final long MAXIMUM_RETRY_AFTER = Duration.ofHours(1).toNanos();
    private static final long TTL = Duration.ofSeconds(20).toNanos();
    private static final long AFTERWARDS = Duration.ofSeconds(60).toNanos();
    static final int PERMITS = 64;
    private static final double SECOND = 1e9;
    private static final int FEW = 1_000;
    private static final String ORIGIN = "http://h";

    private final OutageCase outage;
    private final Random random;
    private final VirtualTime time = new VirtualTime();
    private final Backoffs backoffs;
    private final AdaptiveTimeout timeouts = new AdaptiveTimeout(TIMEOUT, FIRST_TIMEOUT);
    private final LearnedTimeouts learned = new LearnedTimeouts(10_000);
    private final OriginPermits permits = new OriginPermits(PERMITS);
    private final List<Url> urls = new ArrayList<>();

    /** The crowds of URLs that are held back, by the end of their wait. */
    private final Map<Long, Crowd> crowds = new HashMap<>();

    private boolean lastFailed;
    private boolean knocks;
    private long connectingSince = -1;
    private long limitedUntil;

    private final List<Long> requestTimes = new ArrayList<>();
    private long connects;
    private long worstWait;
    private long laterWait;
    private long failedCalls;
    private final Map<Long, Long> firstFresh = new HashMap<>();
    private long lastFresh;
    private long afterRequestedWait;
    private long longestStale;

    private OutageSimulation(OutageCase outage, long seed) {
        this.outage = outage;
        this.random = new Random(seed);
        this.backoffs = new Backoffs(
                time::now,
                new BackoffDelay(
                        Duration.ofMillis(500).toNanos(), Duration.ofSeconds(10).toNanos()),
                FIRST_TIMEOUT + PATIENCE,
                random::nextDouble);
    }

    /** Simulates a case. */
    static OutageResult run(OutageCase outage, long seed) {
        return new OutageSimulation(outage, seed).run();
    }

    private OutageResult run() {
        for (int user = 0; user < outage.users(); user++) {
            for (int number = 0; number < outage.urls(); number++) {
                Url url = new Url(number, user);
                urls.add(url);
                time.at((long) (random.nextDouble() * untilAllAreStale()), url::stale);
            }
        }
        time.runUntil(outage.end() + AFTERWARDS);
        boolean all = urls.stream().noneMatch(url -> url.recovering);
        return new OutageResult(
                requestTimes,
                connects,
                worstWait,
                laterWait,
                failedCalls,
                firstFresh.values().stream().max(Long::compare).orElse(all ? 0 : OutageResult.NEVER),
                all ? lastFresh : OutageResult.NEVER,
                afterRequestedWait,
                longestStale);
    }

    /**
     * Returns the time within which all stored answers become stale. Many answers become stale in the course of a TTL, and
     * few early in the outage.
     */
    private double untilAllAreStale() {
        double length = outage.length().toNanos();
        return outage.urls() > FEW ? (double) TTL : Math.clamp(length / 10, Math.min(SECOND, length / 2), (double) TTL);
    }

    private boolean over() {
        return time.now() >= outage.end();
    }

    /** One URL with the responses to one user, and all their callers. */
    private final class Url {
        private final boolean broken;
        private final BackoffKey key;
        private boolean stored = outage.stored();
        private boolean fresh = true;
        private boolean flies;
        private long staleSince;

        /** Whether the URL was stale in the outage, and is not fresh again. */
        private boolean recovering;

        /** Whether a fetch has failed since the URL was fresh. */
        private boolean failed;

        /** The end of the wait that the origin has requested for this URL. */
        private long requestedUntil;

        /** The crowd in which the URL waits for the end of a wait. */
        private @Nullable Crowd crowd;

        /** The time since which callers wait; negative while they are answered at once. */
        private long waitingSince = -1;

        /** The time since which calls fail at once; negative while no call does. */
        private long failingSince = -1;

        Url(int number, int user) {
            this.broken = outage.isBroken(number, user);
            String url = ORIGIN + "/" + number;
            String name = user + "";
            this.key = new BackoffKey(url + " " + name, url, ORIGIN, name);
        }

        private void stale() {
            if (!over()) {
                fresh = false;
                staleSince = time.now();
                recovering = broken;
                askSoon();
            }
        }

        private void askSoon() {
            time.at(time.now() + pause(), this::ask);
        }

        private void ask() {
            if (!flies && !fresh) {
                callsFailed();
                follow(backoffs.outlook(key, time.now()));
            }
        }

        private void follow(Outlook outlook) {
            switch (outlook) {
                case Outlook.Clear clear -> launch(true);
                case Outlook.Counted counted -> launch(true);
                case Outlook.Due due -> launch(!stored);
                case Outlook.Held held -> held(held.until());
                case Outlook.InTurn turn -> inTurn(turn.from());
            }
        }

        private void held(long until) {
            if (!stored) {
                answered();
                failingSince = time.now();
            }
            if (connectingSince >= 0) {
                knock();
            }
            waitUntil(until);
        }

        /** Waits for a turn: where nothing is stored, the callers wait as well. */
        private void inTurn(long from) {
            if (!stored) {
                callersWait();
            }
            waitUntil(from);
        }

        private void waitUntil(long until) {
            crowds.computeIfAbsent(until, Crowd::new).add(this);
        }

        private void callersWait() {
            if (waitingSince < 0) {
                waitingSince = time.now();
            }
        }

        private void launch(boolean callersWait) {
            switch (backoffs.admit(key, time.now())) {
                case Backoffs.Refused refused -> follow(refused.why());
                case Backoffs.Admitted admitted -> {
                    flies = true;
                    if (callersWait) {
                        callersWait();
                    }
                    if (permits.tryAcquire(ORIGIN)) {
                        send(admitted.probe());
                    } else {
                        permits.queue(ORIGIN, () -> sendQueued(admitted.probe()));
                    }
                }
            }
        }

        /** Sends the request of a fetch that has queued; returns whether the fetch takes the permit. */
        private boolean sendQueued(long probe) {
            return switch (backoffs.admitAgain(key, probe, time.now())) {
                case Backoffs.Refused refused -> {
                    flies = false;
                    if (stored) {
                        answered();
                    }
                    askSoon();
                    returned(probe);
                    yield false;
                }
                case Backoffs.Admitted admitted -> {
                    returned(probe);
                    send(admitted.probe());
                    yield true;
                }
            };
        }

        private void send(long probe) {
            long sent = time.now();
            if (!broken || !outage.inTrouble(sent)) {
                answerAfter(ANSWER_TIME, probe);
                return;
            }
            switch (outage.trouble()) {
                case Trouble.Refuses refuses -> {
                    connects++;
                    time.at(sent + REFUSAL_TIME, () -> land(probe, Trouble.REFUSED));
                }
                case Trouble.Answers answers -> {
                    requestTimes.add(sent);
                    time.at(sent + ANSWER_TIME, () -> land(probe, answers.failure()));
                }
                case Trouble.Hangs hangs -> hang(probe);
                case Trouble.Drips drips -> hang(probe);
                case Trouble.Slow slow -> {
                    requestTimes.add(sent);
                    answerAfter(slow.latency().toNanos(), probe);
                }
            }
        }

        private void hang(long probe) {
            requestTimes.add(time.now());
            answerAfter(OutageResult.NEVER, probe);
        }

        /** Lets the answer come after this time, unless the exchange ends at its limit before. */
        private void answerAfter(long latency, long probe) {
            long sent = time.now();
            if (latency < TIMEOUT) {
                time.at(sent + latency, () -> answer(latency, probe));
                return;
            }
            long limit = timeouts.limit(stored, learned.get(key.key())).nanos();
            time.at(sent + TIMEOUT, () -> {
                Overtime overtime = permits.overtime(ORIGIN);
                if (limit > TIMEOUT && overtime.granted()) {
                    time.at(sent + Math.min(latency, limit), () -> {
                        overtime.end();
                        end(latency, limit, probe);
                    });
                } else {
                    timeOut(TIMEOUT, probe);
                }
            });
        }

        private void end(long latency, long limit, long probe) {
            if (latency < limit) {
                answer(latency, probe);
            } else {
                timeOut(limit, probe);
            }
        }

        private void answer(long took, long probe) {
            learned.put(key.key(), timeouts.afterResponse(took));
            land(probe, null);
        }

        private void timeOut(long had, long probe) {
            learned.put(key.key(), timeouts.afterTimeout(learned.get(key.key()), had));
            land(probe, Trouble.LATE);
        }

        private void land(long probe, @Nullable Failure failure) {
            flies = false;
            if (failure == null) {
                backoffs.landed(key, probe, new BackoffUpdate.Answered(), time.now());
                succeeded();
            } else {
                OptionalLong requested = requested(failure);
                boolean covered = FailureRule.covers(failure);
                backoffs.landed(key, probe, new BackoffUpdate.Failed(failure, covered, requested, stored), time.now());
                failed(failure, requested, stored && covered);
            }
            returned(probe);
            permits.release(ORIGIN);
        }

        private void succeeded() {
            answered();
            stored = true;
            fresh = true;
            failed = false;
            if (recovering) {
                recovered(outage.returnAfter(staleSince), Math.max(requestedUntil, limitedUntil));
            }
            if (!broken || outage.trouble() instanceof Trouble.Slow) {
                longestStale = Math.max(longestStale, time.now() - staleSince);
            }
            time.at(time.now() + TTL, this::stale);
            opened();
        }

        private void recovered(long from, long requested) {
            recovering = false;
            if (time.now() >= from) {
                firstFresh.putIfAbsent(from, time.now() - from);
                lastFresh = Math.max(lastFresh, time.now() - from);
                if (requested > from) {
                    afterRequestedWait = Math.max(afterRequestedWait, time.now() - requested);
                }
            }
        }

        private void failed(Failure failure, OptionalLong requested, boolean standsIn) {
            answered();
            if (!standsIn) {
                failedCalls += outage.callers();
            }
            failed = true;
            lastFailed = true;
            if (requested.isPresent()) {
                long until = time.now() + requested.getAsLong();
                if (FailureScope.of(failure) == FailureScope.USER) {
                    limitedUntil = Math.max(limitedUntil, until);
                } else {
                    requestedUntil = Math.max(requestedUntil, until);
                }
            }
            boolean connecting = failure.reason() == Reason.CONNECT;
            connectingSince = !connecting ? -1 : connectingSince < 0 ? time.now() : connectingSince;
            askSoon();
        }

        private OptionalLong requested(Failure failure) {
            return failure.status().isPresent() && outage.trouble() instanceof Trouble.Answers answers
                    ? RequestedWait.nanos(answers.status(), answers.headers(), Instant.EPOCH, MAXIMUM_RETRY_AFTER)
                    : OptionalLong.empty();
        }

        /** Ends the wait of the callers, if any waits. */
        private void answered() {
            if (waitingSince >= 0) {
                long wait = Math.min(time.now() - waitingSince, stored ? TIMEOUT : PATIENCE);
                worstWait = Math.max(worstWait, wait);
                if (stored && failed) {
                    laterWait = Math.max(laterWait, wait);
                }
                waitingSince = -1;
            }
        }

        /** Counts the calls that have failed at once. */
        private void callsFailed() {
            if (failingSince >= 0) {
                failedCalls += outage.callers() * Math.max(1, (time.now() - failingSince) / CALL_AGAIN);
                failingSince = -1;
            }
        }
    }

    /**
     * The URLs that are held back until one time, and for one reason. Where one of them is held back once more, the others
     * would be as well.
     */
    private final class Crowd {
        private final List<Url> members = new ArrayList<>();
        private final long until;

        Crowd(long until) {
            this.until = until;
            time.at(until + pause(), this::ask);
        }

        void add(Url url) {
            url.crowd = this;
            members.add(url);
        }

        /** Lets the members ask, one after the other in any order. */
        private void ask() {
            crowds.remove(until, this);
            while (!members.isEmpty()) {
                Url url = taken();
                if (url.crowd == this) {
                    url.crowd = null;
                    url.ask();
                    Crowd next = url.crowd;
                    if (next != null) {
                        members.stream().filter(other -> other.crowd == this).forEach(next::add);
                        members.clear();
                    }
                }
            }
        }

        private Url taken() {
            Collections.swap(members, random.nextInt(members.size()), members.size() - 1);
            return members.removeLast();
        }
    }

    /** Returns a time until the next call for a URL. */
    private long pause() {
        return (long) (random.nextDouble() * CALL_AGAIN / outage.callers());
    }

    /** Lets the URLs ask whose callers wait for the end of a probe: the name of a probe is the end of their wait. */
    private void returned(long probe) {
        Crowd crowd = crowds.get(probe);
        if (crowd != null) {
            time.at(time.now() + pause(), crowd::ask);
        }
    }

    /** Lets all URLs ask after the first success that follows a failure. */
    private void opened() {
        connectingSince = -1;
        if (lastFailed) {
            lastFailed = false;
            urls.forEach(url -> url.askSoon());
        }
    }

    private void knock() {
        if (!knocks) {
            knocks = true;
            long pause = KnockPace.USUAL.pause(time.now() - connectingSince, random.nextDouble());
            time.at(time.now() + pause, this::knocked);
        }
    }

    private void knocked() {
        knocks = false;
        if (connectingSince < 0) {
            return;
        }
        if (outage.inTrouble(time.now()) && outage.trouble() instanceof Trouble.Refuses) {
            connects++;
            knock();
        } else {
            backoffs.probeNow(Set.of(ORIGIN), time.now());
            urls.forEach(url -> url.askSoon());
        }
    }
}
