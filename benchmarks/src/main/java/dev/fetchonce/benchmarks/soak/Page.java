package dev.fetchonce.benchmarks.soak;

/**
 * The content of a URL. All of it follows from the path and the version, so any other body is wrong.
 *
 * @param path the path of its URL
 * @param version 1 or more
 * @param pad one letter many times, so that sizes differ
 */
public record Page(String path, long version, String pad) {
    private static final int LONGEST_PAD = 6_000;

    /** Returns the correct page of a path and version. */
    static Page of(String path, long version) {
        long mixed = path.hashCode() * 31L + version * 7_919L;
        char letter = (char) ('a' + Math.floorMod(mixed, 26));
        return new Page(path, version, String.valueOf(letter).repeat(Math.floorMod(mixed, LONGEST_PAD)));
    }

    /** Returns the body of the page. */
    String json() {
        return "{\"path\":\"" + path + "\",\"version\":" + version + ",\"pad\":\"" + pad + "\"}";
    }
}
