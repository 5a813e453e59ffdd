package dev.fetchonce.benchmarks.scenarios;

import dev.fetchonce.benchmarks.contenders.Entrant;

/** A task that one contender performs in a process of its own, and its figures. */
public interface Scenario {
    /** Returns its name, in tables and on command lines. */
    String name();

    /** Reports whether its figures mean anything for this contender. */
    default boolean admits(Entrant entrant) {
        return true;
    }

    /**
     * Returns the number of rounds in a full run. It is one if a round takes long, or gives counts that every run
     * repeats.
     */
    default int rounds() {
        return 2;
    }

    /**
     * Performs the scenario and reports its figures.
     *
     * @throws Exception when this contender cannot perform it
     */
    void perform(Stage stage) throws Exception;
}
