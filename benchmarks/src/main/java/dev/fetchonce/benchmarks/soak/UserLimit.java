package dev.fetchonce.benchmarks.soak;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The rate limits of one user, one after the other. It judges the requests of the user by the clock of the origin: after
 * a requested wait has begun, no request may come before its end. Thread-safe.
 */
final class UserLimit {
    /** The longest wait that an answer requests. */
    static final Duration LONGEST = Duration.ofSeconds(5);

    /** The time for requests that were on their way when the limit began. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(1);

    private static final int SHORTEST_SECONDS = 2;
    private static final int LONGEST_SECONDS = 4;
    private static final int REQUESTS_OF_A_LIMIT = 20;

    private final String user;
    private final RateLimit kind;
    private final MachineClock clock;
    private final Referee referee;
    private final Random random;
    private final LongAdder limits = new LongAdder();
    private final AtomicReference<Spell> spell;

    /**
     * A limit.
     *
     * @param since its begin on the {@link MachineClock}
     * @param until its end, by {@link System#nanoTime}
     */
    private record Spell(long since, long until) {}

    /** Starts without a limit. */
    UserLimit(String user, RateLimit kind, MachineClock clock, Referee referee, Random random) {
        this.user = user;
        this.kind = kind;
        this.clock = clock;
        this.referee = referee;
        this.random = random;
        this.spell = new AtomicReference<>(new Spell(clock.nanos(), System.nanoTime()));
    }

    /** Returns the number of limits so far. */
    long limits() {
        return limits.sum();
    }

    /** Judges a request. Returns the answer that refuses it, or empty where it gets a good answer. */
    Optional<Reply> refused() {
        Spell now = spell.get();
        long left = now.until() - System.nanoTime();
        if (left <= 0) {
            return Optional.empty();
        }
        Duration since = clock.since(now.since());
        if (kind.waiting() == RateLimit.Wait.REQUESTED && since.compareTo(ON_THE_WAY) > 0) {
            referee.broken(user + " sent a request " + since.toMillis() + " ms after a limit (" + kind + ") and "
                    + left / 1_000_000 + " ms before its end");
        }
        return Optional.of(kind.reply(Math.ceilDiv(left, 1_000_000_000L)));
    }

    /** Begins a limit with one request in some. Returns the answer that states it. */
    Optional<Reply> begun() {
        Spell before = spell.get();
        if (random.nextInt(REQUESTS_OF_A_LIMIT) > 0) {
            return Optional.empty();
        }
        int seconds = random.nextInt(SHORTEST_SECONDS, LONGEST_SECONDS + 1);
        Spell limit = new Spell(clock.nanos(), System.nanoTime() + seconds * 1_000_000_000L);
        if (!spell.compareAndSet(before, limit)) {
            return Optional.empty();
        }
        limits.increment();
        return Optional.of(kind.reply(seconds));
    }
}
