package dev.fetchonce;

import dev.fetchonce.testing.ScriptedOrigin;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One line of the table of {@link ExchangeTableTest}: what an origin does, and what must come of it.
 *
 * @param name what the origin does
 * @param json whether JSON is asked for, with get; otherwise the response, with fetch
 * @param script what the origin sends
 * @param timeout of the cache
 * @param limit maximumBodyBytes of the cache
 * @param outcome what the caller gets
 * @param end what becomes of the connection
 */
record ExchangeCase(
        String name,
        boolean json,
        ScriptedOrigin.Script script,
        Duration timeout,
        int limit,
        Outcome outcome,
        End end) {
    /** So long that only an exchange that hangs meets it. */
    private static final Duration LONG = Duration.ofSeconds(10);

    /** What a caller gets. */
    sealed interface Outcome {}

    /** This body, and it is stored or not. */
    record Body(String text, boolean stored) implements Outcome {}

    /** A {@link FetchException} with one of these reasons; nothing is stored. */
    record Failure(Set<Reason> reasons) implements Outcome {}

    /** What becomes of the connection. */
    enum End {
        /** The client ends it. */
        CLOSED,
        /** The next exchange uses it. */
        REUSED,
        /** The origin has reset it, or either is fine. */
        ANY
    }

    /** An origin that sends this and keeps the connection open; a bar is a line's end. */
    static ExchangeCase sends(String name, String lines) {
        return plays(name, ScriptedOrigin.sends(lines));
    }

    /** An origin that sends this, then FIN. */
    static ExchangeCase ends(String name, String lines) {
        return plays(name, ScriptedOrigin.ends(lines));
    }

    /** An origin that sends this, then RST. */
    static ExchangeCase resets(String name, String lines) {
        return plays(name, ScriptedOrigin.resets(lines)).end(End.ANY);
    }

    static ExchangeCase plays(String name, ScriptedOrigin.Script script) {
        return new ExchangeCase(name, false, script, LONG, 1 << 20, new Failure(Set.of(Reason.PROTOCOL)), End.CLOSED);
    }

    ExchangeCase askedForJson() {
        return new ExchangeCase(name, true, script, timeout, limit, outcome, end);
    }

    ExchangeCase within(Duration longest) {
        return new ExchangeCase(name, json, script, longest, limit, outcome, end);
    }

    ExchangeCase limit(int bytes) {
        return new ExchangeCase(name, json, script, timeout, bytes, outcome, end);
    }

    ExchangeCase fails(Reason... reasons) {
        return outcome(new Failure(Set.copyOf(List.of(reasons))));
    }

    /** The caller gets this body, it is stored, and the connection is used again. */
    ExchangeCase gives(String body) {
        return outcome(new Body(body, true)).end(End.REUSED);
    }

    /** The caller gets this body, but it is not stored. */
    ExchangeCase onlyGives(String body) {
        return outcome(new Body(body, false));
    }

    ExchangeCase end(End what) {
        return new ExchangeCase(name, json, script, timeout, limit, outcome, what);
    }

    private ExchangeCase outcome(Outcome what) {
        return new ExchangeCase(name, json, script, timeout, limit, what, end);
    }

    /** Whether it lasts as long as its timeout, so that doing it twice takes the time of two. */
    boolean isSlow() {
        return timeout.compareTo(LONG) < 0;
    }

    boolean isFailure() {
        return outcome instanceof Failure;
    }

    @Override
    public String toString() {
        return name;
    }
}
