package dev.fetchonce.benchmarks.origin;

/**
 * What the origin has counted since it was told to begin anew.
 *
 * @param requests for documents
 * @param bytes sent, heads included
 */
public record Counts(long requests, long bytes) {
    /** From a line as {@link #line} writes it. */
    static Counts of(String line) {
        String[] numbers = line.split(" ", 2);
        return new Counts(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    String line() {
        return requests + " " + bytes;
    }
}
