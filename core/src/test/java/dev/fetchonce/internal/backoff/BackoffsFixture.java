package dev.fetchonce.internal.backoff;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.backoff.Backoffs.Admitted;
import dev.fetchonce.internal.backoff.Backoffs.Refused;
import dev.fetchonce.internal.http.failure.BackoffDelay;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The clock shows whole milliseconds from 0 on. The first wait is 1 s, and a wait is a tenth of the failing time up to 60
 * s; the random half is whole. A probe is overdue after 30 s. A failure has a stored response unless the test says
 * otherwise.
 */
class BackoffsFixture {
    static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final BackoffDelay DELAY = new BackoffDelay(SECOND, 60 * SECOND);
    static final BackoffUpdate ANSWERED = new BackoffUpdate.Answered();
    static final BackoffUpdate UNCHANGED = new BackoffUpdate.Unchanged();
    static final BackoffUpdate BROKEN = failure(Failure.of(Reason.BROKEN, "broken"));
    static final BackoffUpdate REFUSED = failure(Failure.of(Reason.CONNECT, "refused"));
    static final BackoffUpdate LIMITED = failure(Failure.of(429, "limited"));
    static final Failure GONE = Failure.of(404, "gone");
    static final BackoffKey A = url("a");
    static final BackoffKey B = url("b");

    final AtomicLong clock = new AtomicLong();
    final Backoffs backoffs = new Backoffs(clock::get, DELAY, 30 * SECOND, () -> 1);

    static BackoffUpdate failure(Failure failure) {
        return new BackoffUpdate.Failed(failure, true, OptionalLong.empty(), true);
    }

    static BackoffUpdate requesting(Failure failure, long seconds) {
        return new BackoffUpdate.Failed(failure, true, OptionalLong.of(seconds * SECOND), true);
    }

    static BackoffUpdate withoutStored(Failure failure) {
        return new BackoffUpdate.Failed(failure, true, OptionalLong.empty(), false);
    }

    static BackoffKey of(String origin, String name) {
        return new BackoffKey(origin + "/" + name, origin + "/" + name, origin, "");
    }

    static BackoffKey url(String name) {
        return of("http://h", name);
    }

    /** Returns the key of a URL with the credentials of a user. */
    static BackoffKey of(BackoffKey key, String user) {
        return new BackoffKey(key.url() + " " + user, key.url(), key.origin(), user);
    }

    long now() {
        return clock.get();
    }

    void passes(long millis) {
        clock.addAndGet(millis * MS);
    }

    @Nullable
    BackoffState lands(BackoffKey key, BackoffUpdate update) {
        return backoffs.landed(key, Backoffs.NO_PROBE, update, now());
    }

    /** Lets three other URLs of the host fail. */
    void sick() {
        for (String name : List.of("x", "y", "z")) {
            lands(url(name), BROKEN);
        }
    }

    String outlook(BackoffKey key) {
        return words(backoffs.outlook(key, now()));
    }

    String words(Outlook outlook) {
        return switch (outlook) {
            case Outlook.Clear clear -> "clear";
            case Outlook.Counted counted -> "counted " + counted.trouble().failures();
            case Outlook.Due due -> "due after " + due.trouble().failures();
            case Outlook.Held held ->
                "held for " + (held.until() - now()) / MS + " ms after "
                        + held.trouble().failures();
            case Outlook.InTurn turn ->
                "in turn in " + (turn.from() - now()) / MS + " ms after "
                        + turn.trouble().failures();
        };
    }

    /** Takes the admission; returns the name of the request. */
    long probe(BackoffKey key) {
        return ((Admitted) backoffs.admit(key, now())).probe();
    }

    boolean refused(BackoffKey key) {
        return backoffs.admit(key, now()) instanceof Refused;
    }
}
