package dev.fetchonce.testing;

/**
 * A row of a table test. Its text is one sentence: the situation, and the outcome that it leads to.
 *
 * @param given the code or the value of that situation
 * @param outcome the outcome in words
 */
public record Row<G>(String situation, G given, String outcome) {
    /** Returns a row in the order in which it is read. */
    public static <G> Row<G> row(String situation, G given, String outcome) {
        return new Row<>(situation, given, outcome);
    }

    @Override
    public String toString() {
        return situation + " -> " + outcome;
    }
}
