package dev.fetchonce.benchmarks.origin;

import java.util.Locale;

/**
 * The target of a request: {@code /KIND/BYTES/ID?max-age=SECONDS}, or {@code /control/WORD}.
 *
 * @param kind the kind of the document, a name of {@link Kind} in lower case; or {@code control}
 * @param bytes the length of the document, or the word
 * @param id the number of the document; 0 if absent
 * @param maxAge its freshness lifetime in seconds; 0 if absent
 * @param conditional whether the request has an entity tag, which always matches because no document ever changes
 */
record Asked(String kind, String bytes, int id, int maxAge, boolean conditional) {
    /** Parses the head of a request, its lines separated by CRLF. */
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
