package dev.fetchonce.benchmarks.origin;

/**
 * The counts of the origin since its last reset.
 *
 * @param requests the requests for documents
 * @param bytes the bytes sent, heads included
 */
public record Counts(long requests, long bytes) {
    /** Parses a line as {@link #line} writes it. */
    static Counts of(String line) {
        String[] numbers = line.split(" ", 2);
        return new Counts(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    }

    String line() {
        return requests + " " + bytes;
    }
}
