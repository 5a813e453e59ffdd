package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Entrant;

/** Something that one contender is put through in a process of its own, and what is looked at. */
public interface Scenario {
    /** What it is called, in tables and on command lines. */
    String name();

    /** Whether it says anything about such a contender. */
    default boolean admits(Entrant entrant) {
        return true;
    }

    /** How often it is done where its figures are recorded: once where it takes long, or counts what every run repeats. */
    default int rounds() {
        return 2;
    }

    /**
     * Does it, and reports figures.
     *
     * @throws Exception when it cannot be done with this contender
     */
    void perform(Stage stage) throws Exception;
}
