package dev.fetchonce.benchmarks.soak;

/**
 * A request at an origin.
 *
 * @param path the path of the URL
 * @param user the value of Authorization; empty without one
 * @param condition the value of If-None-Match; empty without one
 */
record Request(String path, String user, String condition) {
    /** Returns the request with this head, as a client of HTTP/1.1 sends it. */
    static Request of(String head) {
        return new Request(head.split(" ", 3)[1], field(head, "authorization"), field(head, "if-none-match"));
    }

    private static String field(String head, String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }
}
