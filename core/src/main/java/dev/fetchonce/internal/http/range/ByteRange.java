package dev.fetchonce.internal.http.range;

import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/**
 * The part of a stored complete response that the Range of a request selects (RFC 9110 §14). A server may always ignore
 * a Range (§14.2). This cache ignores a Range of another unit than bytes, and one with so many parts that the whole is
 * smaller. A pure function.
 */
public sealed interface ByteRange permits ByteRange.Whole, ContentRange, ByteRange.Several, ByteRange.Unsatisfiable {
    /** The whole response: the request has no Range, or the cache ignores it. */
    record Whole() implements ByteRange {}

    /**
     * No part, for a 416.
     *
     * @param length the length of the whole, in bytes
     */
    record Unsatisfiable(long length) implements ByteRange {
        /** Returns the value of its Content-Range field. */
        public String contentRange() {
            return "bytes */" + length;
        }

        /** Returns the fields of the 416, which has no content (RFC 9110 §15.5.17). */
        public HttpHeaders headers() {
            return HttpHeaders.of(
                    Map.of("Content-Length", List.of("0"), "Content-Range", List.of(contentRange())),
                    (name, value) -> true);
        }
    }

    /**
     * Several parts, for a 206 with several bodies (RFC 9110 §14.6).
     *
     * @param parts in the requested order; at least two
     */
    record Several(List<ContentRange> parts) implements ByteRange {
        /** Copies the list. */
        public Several {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Returns the part that a GET selects. The caller evaluates the conditions of the GET first (RFC 9110 §13.2.2). A
     * Range of another method has no meaning.
     *
     * @param request the fields of the GET
     * @param stored a complete response; one with another status than 200 has no parts
     */
    static ByteRange of(HttpHeaders request, StoredResponse stored) {
        return stored.status() == 200
                ? of(request, stored, stored.representation().length())
                : new Whole();
    }

    /**
     * Returns the part that a GET selects of a whole with that length.
     *
     * @param stored a stored part, which has the validators of the whole
     */
    static ByteRange of(HttpHeaders request, StoredResponse stored, long length) {
        List<String> lines = request.allValues("range");
        boolean asked = lines.size() == 1 && RangeParser.unchanged(request, stored);
        return asked ? RangeParser.of(lines.getFirst(), length) : new Whole();
    }
}
