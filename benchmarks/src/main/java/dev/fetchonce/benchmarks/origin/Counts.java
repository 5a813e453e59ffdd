package dev.fetchonce.benchmarks.origin;

/**
 * What the origin has counted since it was told to begin anew.
 *
 * @param requests for documents
 * @param notModified how many of them were answered with 304
 * @param connections opened
 * @param bytes sent, heads included
 */
public record Counts(long requests, long notModified, long connections, long bytes) {
    /** From a line as {@link #line} writes it. */
    static Counts of(String line) {
        String[] numbers = line.split(" ", 4);
        return new Counts(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]));
    }

    String line() {
        return requests + " " + notModified + " " + connections + " " + bytes;
    }
}
