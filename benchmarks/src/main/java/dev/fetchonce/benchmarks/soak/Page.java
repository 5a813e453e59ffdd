package dev.fetchonce.benchmarks.soak;

/**
 * What is at a URL: everything in it follows from the path and the version, so that any other body is a wrong one.
 *
 * @param path where it is
 * @param version 1 or more
 * @param pad one letter again and again, so that sizes differ
 */
public record Page(String path, long version, String pad) {
    private static final int LONGEST_PAD = 6_000;

    /** The page as it has to be. */
    static Page of(String path, long version) {
        long mixed = path.hashCode() * 31L + version * 7_919L;
        char letter = (char) ('a' + Math.floorMod(mixed, 26));
        return new Page(path, version, String.valueOf(letter).repeat(Math.floorMod(mixed, LONGEST_PAD)));
    }

    /** The body that carries it. */
    String json() {
        return "{\"path\":\"" + path + "\",\"version\":" + version + ",\"pad\":\"" + pad + "\"}";
    }
}
