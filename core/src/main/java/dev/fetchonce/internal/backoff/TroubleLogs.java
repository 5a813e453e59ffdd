package dev.fetchonce.internal.backoff;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.TroubleLog;
import dev.fetchonce.internal.http.failure.TroubleLog.Line;
import dev.fetchonce.internal.http.failure.TroubleLog.Place;
import dev.fetchonce.internal.http.failure.TroubleLog.Statement;
import dev.fetchonce.internal.http.failure.TroubleLog.Step;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The states of the log about origins in trouble, by origin. Bounded to about 1,000 origins; further origins share one
 * state, so that the log stays short. The store forgets an origin after a day without a failure. Thread-safe. An answer
 * of an origin without trouble costs one look-up.
 */
public final class TroubleLogs {
    private static final int MAXIMUM = 1_000;

    private static final Duration MEMORY = Duration.ofDays(1);

    /** The place of the origins beyond the bound; no origin has this name. */
    private static final String OTHERS = "";

    private final Cache<String, TroubleLog> logs = Caffeine.newBuilder()
            .maximumSize(MAXIMUM * 2) // never reached: an eviction would have an outage told again
            .expireAfterWrite(MEMORY)
            .executor(Runnable::run)
            .build();

    /** Returns the line after a failed fetch, or null; the parameters are those of {@link TroubleLog#fetchFailed}. */
    public @Nullable Line fetchFailed(String origin, Place place, Reason reason, boolean standsIn, long now) {
        return step(named(origin), now, log -> log.fetchFailed(place, reason, standsIn, now));
    }

    /** Returns the line after a failed call, or null. Where the log has said all, the call costs a look-up. */
    public @Nullable Line callFailed(String origin, Place place, Statement statement, long now) {
        String name = named(origin);
        TroubleLog log = logs.getIfPresent(name);
        return log != null && log.ignores(place, statement, now)
                ? null
                : step(name, now, before -> before.callFailed(place, statement, now));
    }

    /** Returns the line after an answer, or null. */
    public @Nullable Line answered(String origin, Place place, long now) {
        String name = named(origin);
        return logs.getIfPresent(name) == null ? null : step(name, now, log -> log.answered(place, now));
    }

    private String named(String origin) {
        return logs.estimatedSize() >= MAXIMUM && logs.getIfPresent(origin) == null ? OTHERS : origin;
    }

    private @Nullable Line step(String name, long now, Function<TroubleLog, Step> event) {
        @Nullable Line[] line = new @Nullable Line[1];
        logs.asMap().compute(name, (same, before) -> {
            Step step = event.apply(before == null ? TroubleLog.NONE : before);
            line[0] = step.line();
            return step.next().isNone(now) ? null : step.next();
        });
        return line[0];
    }

    /** Returns the number of states. */
    long size() {
        logs.cleanUp();
        return logs.estimatedSize();
    }
}
