package dev.fetchonce.internal.engine;

import dev.fetchonce.Reason;
import dev.fetchonce.Trouble;
import dev.fetchonce.internal.backoff.TroubleLogs;
import dev.fetchonce.internal.http.failure.DurationText;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureScope;
import dev.fetchonce.internal.http.failure.TroubleLog;
import dev.fetchonce.internal.http.failure.TroubleLog.Effect;
import dev.fetchonce.internal.http.failure.TroubleLog.Line;
import dev.fetchonce.internal.http.failure.TroubleLog.Place;
import dev.fetchonce.internal.http.failure.TroubleLog.Statement;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writer of the log lines about origins in trouble; {@link TroubleLog} decides on them. Thread-safe. */
final class OutageLog {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    private final TroubleLogs logs = new TroubleLogs();

    /** Whether any origin has failed since the cache was made; before that an answer writes no line. */
    private volatile boolean troubled;

    /**
     * Records a fetch that an outage made fail.
     *
     * @param standsIn whether a stored response stands in
     * @param trouble the trouble of the URL, with this failure
     */
    void fetchFailed(CacheRequest request, Failure failure, boolean standsIn, Optional<Trouble> trouble, long now) {
        troubled = true;
        Line line = logs.fetchFailed(request.target().origin(), place(request), failure.reason(), standsIn, now);
        write(request, line, failure.reason(), failure.message(), trouble);
    }

    /**
     * Records a call that fails with the failure of a fetch. Says nothing of a failure that is no outage.
     *
     * @param stored whether the caller found a stored response, which is too old to stand in
     * @param trouble the trouble of the URL
     */
    void callFailed(CacheRequest request, Failure failure, boolean stored, Optional<Trouble> trouble, long now) {
        if (request.afresh() || !FailureScope.of(failure).counts()) {
            return; // a caller that refuses a stored response says nothing about the others
        }
        Statement statement = new Statement(failure.reason(), stored ? Effect.TOO_OLD : Effect.NOTHING_STORED);
        troubled = true;
        Line line = logs.callFailed(request.target().origin(), place(request), statement, now);
        write(request, line, failure.reason(), trouble.map(Trouble::message).orElse(failure.message()), trouble);
    }

    /** Records an answer of the origin. */
    void answered(CacheRequest request, long now) {
        if (!troubled) {
            return;
        }
        Line line = logs.answered(request.target().origin(), place(request), now);
        write(request, line, Reason.STATUS, "", Optional.empty());
    }

    private static Place place(CacheRequest request) {
        return new Place(request.key().text(), request.key().url());
    }

    private static void write(
            CacheRequest request, @Nullable Line line, Reason reason, String message, Optional<Trouble> trouble) {
        String origin = request.target().origin();
        switch (line) {
            case null -> {}
            case TroubleLog.Begins begins ->
                log.warn(
                        "{}: {} ({}{}): {}; {}",
                        origin,
                        words(begins.effect()),
                        reason,
                        lasting(begins.nanos()),
                        message,
                        next(trouble));
            case TroubleLog.Lasts lasts ->
                log.warn(
                        "{}: still, {} ({}{}): {}; {}",
                        origin,
                        words(lasts.effect()),
                        reason,
                        lasting(lasts.nanos()),
                        message,
                        next(trouble));
            case TroubleLog.Ends ends ->
                log.info(
                        "{} answers again after {}",
                        ends.ofHost() ? origin : request.target().name(),
                        DurationText.ofMillis(ends.nanos()));
        }
    }

    private static String words(Effect effect) {
        return switch (effect) {
            case STALE -> "stale responses stand in";
            case TOO_OLD -> "calls fail, as stored responses are too old to stand in";
            case NOTHING_STORED -> "calls fail, as no stored response can stand in";
        };
    }

    private static String lasting(long nanos) {
        return nanos < TimeUnit.SECONDS.toNanos(1) ? "" : ", for " + DurationText.ofMillis(nanos);
    }

    private static String next(Optional<Trouble> trouble) {
        return trouble.flatMap(Trouble::nextAttempt)
                .map(at -> "the next request is allowed at " + at.truncatedTo(ChronoUnit.MILLIS))
                .orElse("the next call may send a request");
    }
}
