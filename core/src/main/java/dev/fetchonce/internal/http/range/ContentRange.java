package dev.fetchonce.internal.http.range;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of a whole a response holds (RFC 9110 §14.4). The length of the whole is known: a part of what nobody knows the
 * length of is of no use to a cache.
 *
 * @param first the offset of its first byte
 * @param last the offset of its last byte, not less
 * @param length how many bytes the whole has
 */
record ContentRange(long first, long last, long length) {
    /** Of 18 digits, as more need not fit into a long. */
    private static final Pattern BYTES =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", Pattern.CASE_INSENSITIVE);

    /**
     * Checks that it lies within the whole.
     *
     * @throws IllegalArgumentException when it does not
     */
    ContentRange {
        if (first < 0 || last < first || length <= last) {
            throw new IllegalArgumentException("no part of " + length + " bytes: " + first + " to " + last);
        }
    }

    /** That of a response; empty where it has none, several, or one that makes no sense. */
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

    /** How many bytes the part has. */
    long size() {
        return last - first + 1;
    }

    /** Whether it is all of it. */
    boolean whole() {
        return first == 0 && last == length - 1;
    }

    /** Whether there is no gap between the two. */
    boolean touches(ContentRange other) {
        return length == other.length && first <= other.last + 1 && other.first <= last + 1;
    }

    /** Both, where they touch. */
    ContentRange with(ContentRange other) {
        return new ContentRange(Math.min(first, other.first), Math.max(last, other.last), length);
    }

    /** Whether it has all of these bytes. */
    boolean holds(ByteRange.Part part) {
        return part.length() == length && first <= part.first() && part.last() <= last;
    }

    /** The value of the field. */
    String text() {
        return "bytes " + first + "-" + last + "/" + length;
    }
}
