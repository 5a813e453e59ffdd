package dev.fetchonce.internal.http.range;

import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which part of a stored complete response the Range of a request asks for (RFC 9110 §14). A Range may always be ignored
 * (§14.2), and is where it is not about bytes, or asks for so many parts that the whole is less. A pure function.
 */
public sealed interface ByteRange {
    /** All of it: there is no Range, or it is ignored. */
    record Whole() implements ByteRange {}

    /**
     * One part, for a 206.
     *
     * @param first the offset of its first byte
     * @param last the offset of its last byte, not less
     * @param length how many bytes the whole has
     */
    record Part(long first, long last, long length) implements ByteRange {
        /**
         * Checks that it lies within the whole.
         *
         * @throws IllegalArgumentException when it does not
         */
        public Part {
            if (first < 0 || last < first || length <= last) {
                throw new IllegalArgumentException("no part of " + length + " bytes: " + first + " to " + last);
            }
        }

        /** The value of its Content-Range. */
        public String contentRange() {
            return "bytes " + first + "-" + last + "/" + length;
        }

        /**
         * The fields of the 206 (RFC 9110 §15.3.7): the stored ones, but what they say of the content is true of the part
         * only. A digest of the whole content is left out (RFC 9530 §2).
         */
        public HttpHeaders headers(HttpHeaders stored) {
            TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            fields.putAll(stored.map());
            fields.remove("content-digest");
            fields.remove("content-md5");
            put(fields, "Content-Length", Long.toString(last - first + 1));
            put(fields, "Content-Range", contentRange());
            return HttpHeaders.of(fields, (name, value) -> true);
        }

        private static void put(TreeMap<String, List<String>> fields, String name, String value) {
            fields.remove(name); // so that the name is spelled like this
            fields.put(name, List.of(value));
        }
    }

    /**
     * No part of it, for a 416.
     *
     * @param length how many bytes the whole has
     */
    record Unsatisfiable(long length) implements ByteRange {
        /** The value of its Content-Range. */
        public String contentRange() {
            return "bytes */" + length;
        }

        /** The fields of the 416, which has no content (RFC 9110 §15.5.17). */
        public HttpHeaders headers() {
            return HttpHeaders.of(
                    Map.of("Content-Length", List.of("0"), "Content-Range", List.of(contentRange())),
                    (name, value) -> true);
        }
    }

    /**
     * Several parts, for a 206 of several bodies (RFC 9110 §14.6).
     *
     * @param parts in the order in which they were asked for; at least two
     */
    record Several(List<Part> parts) implements ByteRange {
        /** Copies the list. */
        public Several {
            parts = List.copyOf(parts);
        }
    }

    /**
     * What a GET asks for. Its conditions are evaluated first (RFC 9110 §13.2.2), and with another method a Range has no
     * meaning.
     *
     * @param request the fields of the GET
     * @param stored a complete response; of one that is no 200 there are no parts
     */
    static ByteRange of(HttpHeaders request, StoredResponse stored) {
        return stored.status() == 200
                ? of(request, stored, stored.representation().length())
                : new Whole();
    }

    /**
     * The same for a stored part of a whole of that length.
     *
     * @param stored has the validators of the whole
     */
    static ByteRange of(HttpHeaders request, StoredResponse stored, long length) {
        List<String> lines = request.allValues("range");
        boolean asked = lines.size() == 1 && RangeParser.unchanged(request, stored);
        return asked ? RangeParser.of(lines.getFirst(), length) : new Whole();
    }
}
