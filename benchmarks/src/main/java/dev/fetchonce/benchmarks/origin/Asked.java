package dev.fetchonce.benchmarks.origin;

import java.util.Locale;

/**
 * What a request asks for: {@code /KIND/BYTES/ID?max-age=SECONDS}, or {@code /control/WORD}.
 *
 * @param kind how the document is answered, a name of {@link Kind} in lower case; or {@code control}
 * @param bytes how long it is, or the word
 * @param id which one; 0 where there is none
 * @param maxAge its freshness lifetime in seconds; 0 where there is none
 * @param conditional whether the request names the entity tag of what it has: here nothing ever changes
 */
record Asked(String kind, String bytes, int id, int maxAge, boolean conditional) {
    /** From the head of a request, its lines separated by CRLF. */
    static Asked of(String head) {
        int start = head.indexOf(' ') + 1;
        String target = head.substring(start, head.indexOf(' ', start));
        int query = target.indexOf("?max-age=");
        String path = query < 0 ? target : target.substring(0, query);
        int maxAge = query < 0 ? 0 : Integer.parseInt(target.substring(query + "?max-age=".length()));
        String[] parts = path.substring(1).split("/", 3);
        boolean conditional = head.toLowerCase(Locale.ROOT).contains("\r\nif-none-match:");
        return new Asked(parts[0], parts[1], parts.length < 3 ? 0 : Integer.parseInt(parts[2]), maxAge, conditional);
    }

    boolean control() {
        return kind.equals("control");
    }
}
