package dev.fetchonce.internal.http.range;

import dev.fetchonce.internal.http.stored.StoredResponse;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;

/**
 * Several parts of a stored response as one body (RFC 9110 §14.6).
 *
 * @param headers the fields of the 206
 * @param body the content of the 206
 */
@SuppressWarnings("ArrayRecordComponent") // the record is passed on once and never compared
public record MultipartRanges(HttpHeaders headers, byte[] body) {
    private static final String END_OF_LINE = "\r\n";

    /** Returns these parts of a stored response, in the requested order. */
    public static MultipartRanges of(StoredResponse stored, List<ContentRange> parts) {
        byte[] whole = stored.representation().wire();
        String boundary = boundary(whole);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (ContentRange part : parts) {
            write(body, END_OF_LINE + "--" + boundary + END_OF_LINE);
            for (String type : stored.values("content-type")) {
                write(body, "Content-Type: " + type + END_OF_LINE);
            }
            write(body, "Content-Range: " + part.text() + END_OF_LINE + END_OF_LINE);
            body.write(whole, (int) part.first(), (int) (part.last() - part.first() + 1));
        }
        write(body, END_OF_LINE + "--" + boundary + "--" + END_OF_LINE);
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(parts.getFirst().headers(stored.headers()).map());
        List.of("content-range", "content-type", "content-length").forEach(fields::remove);
        fields.put("Content-Type", List.of("multipart/byteranges; boundary=" + boundary));
        fields.put("Content-Length", List.of(Integer.toString(body.size())));
        return new MultipartRanges(HttpHeaders.of(fields, (name, value) -> true), body.toByteArray());
    }

    /** Returns a boundary that does not occur in the whole. */
    private static String boundary(byte[] whole) {
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int number = 0;
        while (text.contains("fetchonce-" + number)) {
            number++;
        }
        return "fetchonce-" + number;
    }

    private static void write(ByteArrayOutputStream body, String text) {
        body.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
