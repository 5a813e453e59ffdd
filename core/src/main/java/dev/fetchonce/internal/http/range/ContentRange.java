package dev.fetchonce.internal.http.range;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The range of a partial response, and the one part that a Range selects (RFC 9110 §14.4). The length of the whole is
 * known: a part of a whole with unknown length is useless to a cache.
 *
 * @param first the offset of its first byte
 * @param last the offset of its last byte, not less than the first
 * @param length the length of the whole, in bytes
 */
public record ContentRange(long first, long last, long length) implements ByteRange {
    /** A range with numbers of at most 18 digits, because a number with more digits may not fit into a long. */
    private static final Pattern BYTES =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", Pattern.CASE_INSENSITIVE);

    private static final List<String> OF_CONTENT =
            List.of("content-digest", "content-md5", "content-length", "content-range");

    /**
     * Checks that the range lies within the whole.
     *
     * @throws IllegalArgumentException when the range does not lie within the whole
     */
    public ContentRange {
        if (first < 0 || last < first || length <= last) {
            throw new IllegalArgumentException(
                    "the bytes " + first + " to " + last + " are no part of " + length + " bytes");
        }
    }

    /** Returns the range of a response; empty where the field is absent, repeated or invalid. */
    static Optional<ContentRange> of(HttpHeaders response) {
        List<String> lines = response.allValues("content-range");
        Matcher bytes = BYTES.matcher(lines.size() == 1 ? lines.getFirst().strip() : "");
        if (!bytes.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(bytes.group(1));
        long last = Long.parseLong(bytes.group(2));
        long length = Long.parseLong(bytes.group(3));
        return last < first || length <= last ? Optional.empty() : Optional.of(new ContentRange(first, last, length));
    }

    /** Returns the number of bytes of the part. */
    long size() {
        return last - first + 1;
    }

    /** Reports whether the range is the whole. */
    boolean whole() {
        return first == 0 && last == length - 1;
    }

    /** Reports whether there is no gap between the two ranges. */
    boolean touches(ContentRange other) {
        return length == other.length && first <= other.last + 1 && other.first <= last + 1;
    }

    /** Returns the range that covers both, which must touch. */
    ContentRange with(ContentRange other) {
        return new ContentRange(Math.min(first, other.first), Math.max(last, other.last), length);
    }

    /** Reports whether the range includes all bytes of another one. */
    boolean holds(ContentRange other) {
        return length == other.length && first <= other.first && other.last <= last;
    }

    /** Returns the value of the field. */
    public String text() {
        return "bytes " + first + "-" + last + "/" + length;
    }

    /** Returns the fields of the 206 with this part (RFC 9110 §15.3.7): the stored fields, adapted to the part. */
    public HttpHeaders headers(HttpHeaders stored) {
        TreeMap<String, List<String>> fields = ofContent(stored);
        fields.put("Content-Range", List.of(text()));
        return HttpHeaders.of(fields, (name, value) -> true);
    }

    /** Returns the fields of the 200 with the whole, which this part is: the fields of the 206, adapted to the whole. */
    HttpHeaders headersOfWhole(HttpHeaders part) {
        return HttpHeaders.of(ofContent(part), (name, value) -> true);
    }

    /**
     * Returns the stored fields without those of other content. A digest of the content is left out, because it is of
     * the bytes in one message (RFC 9530 §2).
     */
    private TreeMap<String, List<String>> ofContent(HttpHeaders stored) {
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(stored.map());
        OF_CONTENT.forEach(fields::remove); // the two fields put back have the usual spelling
        fields.put("Content-Length", List.of(Long.toString(size())));
        return fields;
    }
}
