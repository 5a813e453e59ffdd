package dev.fetchonce.wire;

import dev.fetchonce.FetchException;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.ScriptedOrigin;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One line of the table of {@link ExchangeTableTest}: the behaviour of an origin, and the expected result.
 *
 * @param name the behaviour of the origin
 * @param json whether the caller wants JSON, with get; otherwise the caller wants the response, with fetch
 * @param script the bytes that the origin sends
 * @param timeout the timeout of the cache
 * @param limit the maximumBodyBytes of the cache
 * @param outcome the result for the caller
 * @param end the fate of the connection
 */
record ExchangeCase(
        String name,
        boolean json,
        ScriptedOrigin.Script script,
        Duration timeout,
        int limit,
        Outcome outcome,
        End end) {
    /** A timeout so long that only an exchange that hangs reaches it. */
    private static final Duration LONG = Duration.ofSeconds(10);

    /** The result for a caller. */
    sealed interface Outcome {}

    /** A body, and whether the cache stores it. */
    record Body(String text, boolean stored) implements Outcome {}

    /** A {@link FetchException} with one of these reasons. The cache stores nothing. */
    record Failure(Set<Reason> reasons) implements Outcome {}

    /** The fate of the connection. */
    enum End {
        /** The client closes it. */
        CLOSED,
        /** The next exchange uses it. */
        REUSED,
        /** The origin has reset it, or the client may close it or use it again. */
        ANY
    }

    /** Returns a case whose origin sends this and keeps the connection open. A bar stands for the end of a line. */
    static ExchangeCase sends(String name, String lines) {
        return plays(name, ScriptedOrigin.sends(lines));
    }

    /** Returns a case whose origin sends this, then FIN. */
    static ExchangeCase ends(String name, String lines) {
        return plays(name, ScriptedOrigin.ends(lines));
    }

    /** Returns a case whose origin sends this, then RST. */
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

    /** Expects this body in the store and a connection that is used again. */
    ExchangeCase gives(String body) {
        return outcome(new Body(body, true)).end(End.REUSED);
    }

    /** Expects this body, which the cache does not store. */
    ExchangeCase onlyGives(String body) {
        return outcome(new Body(body, false));
    }

    ExchangeCase end(End what) {
        return new ExchangeCase(name, json, script, timeout, limit, outcome, what);
    }

    private ExchangeCase outcome(Outcome what) {
        return new ExchangeCase(name, json, script, timeout, limit, what, end);
    }

    /** Returns whether the case lasts as long as its timeout, so that a second call doubles its time. */
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
