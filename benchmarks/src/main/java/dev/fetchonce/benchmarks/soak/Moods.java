package dev.fetchonce.benchmarks.soak;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** The moods of one URL, one after the other. Thread-safe. */
final class Moods {
    private static final long SHORTEST = Duration.ofMillis(200).toNanos();
    private static final long LONGEST = Duration.ofSeconds(4).toNanos();

    private final Random random;
    private final AtomicReference<Spell> spell;

    /** A mood, and the time at which it ends. */
    private record Spell(Mood mood, long untilNanos) {}

    /** Starts in a random mood. */
    Moods(Random random) {
        this.random = random;
        this.spell = new AtomicReference<>(draw());
    }

    /**
     * Returns the mood that answers the request that has just come. It is never {@link Mood#FLAPS}, which stands for
     * many moods.
     */
    Mood now() {
        Spell before = spell.get();
        Spell now = before;
        if (before.untilNanos() - System.nanoTime() < 0) {
            Spell drawn = draw();
            now = spell.compareAndSet(before, drawn) ? drawn : spell.get();
        }
        Mood mood = now.mood();
        while (mood == Mood.FLAPS) {
            mood = Mood.of(random.nextDouble());
        }
        return mood;
    }

    private Spell draw() {
        return new Spell(Mood.of(random.nextDouble()), System.nanoTime() + random.nextLong(SHORTEST, LONGEST));
    }
}
