package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How {@link ByteRange} reads Range and If-Range (RFC 9110 §14.1.1, §14.1.2 and §13.1.5). */
final class Ranges {
    /** One range of a list that may have empty members; the name of the unit is in any case. */
    static final Pattern ONE =
            Pattern.compile("(?i:bytes)=[ \\t,]*(?:(?<first>[0-9]+)-(?<last>[0-9]*)|-(?<suffix>[0-9]+))[ \\t,]*");

    /** How much older than its answer a date must be to be told by one version only (RFC 9110 §8.8.2.2). */
    private static final Duration APART = Duration.ofSeconds(1);

    private Ranges() {}

    /** From one offset to another, or to the end. A range that ends before it begins is none, and so ignored. */
    static ByteRange from(Matcher range, long length) {
        long first = number(range.group("first"));
        long last = range.group("last").isEmpty() ? Long.MAX_VALUE : number(range.group("last"));
        if (last < first) {
            return new ByteRange.Whole();
        }
        return first < length
                ? new ByteRange.Part(first, Math.min(last, length - 1), length)
                : new ByteRange.Unsatisfiable(length);
    }

    /** The last bytes. Of nothing they are nothing, which no Content-Range can say: that is the whole of it. */
    static ByteRange suffix(long bytes, long length) {
        if (bytes == 0) {
            return new ByteRange.Unsatisfiable(length);
        }
        return length == 0
                ? new ByteRange.Whole()
                : new ByteRange.Part(Math.max(0, length - bytes), length - 1, length);
    }

    /** A number of any length; beyond the largest long it is that. */
    static long number(String digits) {
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (number > (Long.MAX_VALUE - digit) / 10) {
                return Long.MAX_VALUE;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /**
     * Whether If-Range, if there is one, says that the caller's other parts are of what is stored: by a strong entity tag,
     * or by the very date, if that is a strong validator.
     */
    static boolean unchanged(HttpHeaders request, StoredResponse stored) {
        List<String> lines = request.allValues("if-range");
        if (lines.size() != 1) {
            return lines.isEmpty();
        }
        String condition = lines.getFirst().strip();
        EntityTag theirs = EntityTag.of(condition);
        if (theirs.wellFormed()) {
            return EntityTag.of(stored.headers()).filter(theirs::strongly).isPresent();
        }
        Optional<String> modified = SingleField.value(stored.headers(), "last-modified");
        return modified.equals(Optional.of(condition)) && strong(modified.get(), stored);
    }

    private static boolean strong(String modified, StoredResponse stored) {
        Instant receivedAt = stored.receivedAt();
        Optional<Instant> date =
                SingleField.value(stored.headers(), "date").flatMap(text -> HttpDate.parse(text, receivedAt));
        Optional<Instant> latest = date.map(at -> at.minus(APART));
        return latest.isPresent()
                && HttpDate.parse(modified, receivedAt)
                        .filter(at -> !at.isAfter(latest.get()))
                        .isPresent();
    }
}
