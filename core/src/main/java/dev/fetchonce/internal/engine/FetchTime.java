package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.ExchangeTimeout;
import dev.fetchonce.internal.flight.Flight;
import dev.fetchonce.internal.http.failure.ExchangeLimit;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.Overtime;
import dev.fetchonce.internal.origin.TimeLimit;
import org.jspecify.annotations.Nullable;

/**
 * The time of the exchanges of one fetch, repetitions included. It has the usual limit at first. Where a longer limit
 * applies, the fetch goes on past the usual one if its origin has a place for it at that moment. Thread-safe.
 */
final class FetchTime implements TimeLimit {
    private final Flight<?> flight;
    private final Deadline usualDeadline;
    private final ExchangeLimit usual;
    private final ExchangeLimit longest;
    private final Deadline longestDeadline;

    /** The right to go on past the usual limit; null where the usual limit is the longest. */
    private final @Nullable Overtime overtime;

    /** Takes what the exchanges teach; null where the request sets the time. */
    private final FetchTimes.@Nullable Lessons lessons;

    /** Whether the exchanges have ended: they have taught what they can. */
    private volatile boolean ended;

    /**
     * Makes the time of a fetch.
     *
     * @param usualDeadline the deadline by the usual limit
     * @param longest the limit for a fetch that goes on past the usual one
     * @param overtime the right to go on, or null where the two limits are equal
     * @param lessons take what the exchanges teach; null where the request sets the time
     */
    FetchTime(
            Flight<?> flight,
            Deadline usualDeadline,
            ExchangeLimit usual,
            ExchangeLimit longest,
            @Nullable Overtime overtime,
            FetchTimes.@Nullable Lessons lessons) {
        this.flight = flight;
        this.usualDeadline = usualDeadline;
        this.usual = usual;
        this.longest = longest;
        this.longestDeadline = new Deadline(begun(usualDeadline, usual) + longest.nanos());
        this.overtime = overtime;
        this.lessons = lessons;
    }

    @Override
    public Deadline deadline() {
        return inOvertime() ? longestDeadline : usualDeadline;
    }

    @Override
    public ExchangeTimeout alarm() {
        return flight.alarm(deadline(), this::extended);
    }

    /** Asks for the right to go on, on the watchdog's thread; returns the deadline from now on. */
    private Deadline extended() {
        return overtime != null && overtime.granted() ? longestDeadline : usualDeadline;
    }

    @Override
    public String exceeded() {
        return overtime != null && overtime.refused()
                ? usual + "; places for longer exchanges with it: " + overtime.most() + ", all taken"
                : inForce().toString();
    }

    /** Records the result of the last exchange, which teaches how long the next exchange may take. */
    void record(ExchangeResult result) {
        if (lessons == null) {
            return;
        }
        switch (result) {
            case ExchangeResult.Broken broken -> {
                if (broken.failure().reason() == Reason.TIMEOUT && deadline().passed()) {
                    lessons.timedOut(inForce().nanos());
                }
            }
            case ExchangeResult.Answered answered -> {
                if (!FailureRule.outage(answered.status())) {
                    lessons.answered(taken());
                }
            }
            case ExchangeResult.Bare bare -> lessons.answered(taken());
            case ExchangeResult.Live live -> {}
            case ExchangeResult.Growing growing -> {}
        }
    }

    /** Records that the flight is given up because an exchange hangs past its limit. */
    void hung() {
        if (lessons != null && !ended) {
            lessons.timedOut(inForce().nanos());
        }
    }

    /** Ends the exchanges, and gives back the right to go on. Called on the flight's thread, before it gives back its permit. */
    void end() {
        ended = true;
        if (overtime != null) {
            overtime.end();
        }
    }

    private long taken() {
        return System.nanoTime() - begun(usualDeadline, usual);
    }

    private static long begun(Deadline deadline, ExchangeLimit limit) {
        return deadline.nanos() - limit.nanos();
    }

    private boolean inOvertime() {
        return overtime != null && overtime.held();
    }

    private ExchangeLimit inForce() {
        return inOvertime() ? longest : usual;
    }
}
