package dev.fetchonce.benchmarks.origin;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;

/** The JSON documents, each of the length that a request asks for. Thread-safe. */
final class Bodies {
    private static final String ID = "{\"id\":\"";
    private static final int ID_DIGITS = 10;
    private static final String START =
            "\",\"name\":\"catalogue\",\"enabled\":true,\"limits\":{\"connections\":64,\"retries\":2,\"timeout\":1500}";
    private static final String HOST = "\"host-000.example.org:8443\"";

    private final Map<Integer, String> ends = new ConcurrentHashMap<>();

    /** Returns the document of that length and id. It is a little longer where so few bytes hold no document. */
    byte[] of(int length, int id) {
        String digits = Integer.toString(id);
        String padded = "0".repeat(ID_DIGITS - digits.length()) + digits;
        String end = ends.computeIfAbsent(length - ID.length() - ID_DIGITS, Bodies::end);
        return (ID + padded + end).getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the text after the id: as many hosts as there is room for, and blanks. */
    private static String end(int length) {
        int room = length - START.length() - ",\"hosts\":[]}".length();
        StringJoiner hosts = new StringJoiner(",", ",\"hosts\":[", "]}");
        for (int used = 0; used + HOST.length() < room; used += HOST.length() + 1) {
            hosts.add(HOST);
        }
        String end = START + hosts;
        return end + " ".repeat(Math.max(0, length - end.length()));
    }
}
