package dev.fetchonce.internal.http.range;

import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.ListField;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parser of Range and If-Range for {@link ByteRange} (RFC 9110 §14.1.1, §14.1.2 and §13.1.5). */
final class RangeParser {
    /** A list of ranges. The name of the unit is case-insensitive; the list may have empty members. */
    private static final Pattern SET = Pattern.compile("(?i:bytes)=(?<ranges>.*)");

    private static final Pattern RANGE = Pattern.compile("(?:(?<first>[0-9]+)-(?<last>[0-9]*)|-(?<suffix>[0-9]+))");

    /** The most parts of a response; a request for more parts gets the whole (RFC 9110 §17.15). */
    private static final int MOST_PARTS = 16;

    /** The least time by which a Last-Modified precedes the Date so that only one version has it (RFC 9110 §8.8.2.2). */
    private static final Duration APART = Duration.ofSeconds(1);

    private RangeParser() {}

    /**
     * Returns the part that a Range selects of a whole with that length. A Range with any malformed member is invalid
     * and so ignored.
     */
    static ByteRange of(String range, long length) {
        Matcher set = SET.matcher(range.strip());
        List<String> members = set.matches() ? ListField.tokens(List.of(set.group("ranges"))) : List.of();
        List<ContentRange> parts = new ArrayList<>();
        for (String member : members) {
            Matcher one = RANGE.matcher(member);
            if (!one.matches() || backwards(one)) {
                return new ByteRange.Whole();
            }
            part(one, length).ifPresent(parts::add);
        }
        if (members.isEmpty() || parts.size() > MOST_PARTS || overlap(parts)) {
            return new ByteRange.Whole();
        }
        return switch (parts.size()) {
            // The last bytes of an empty whole are no bytes, which no Content-Range can express: the whole answers it.
            case 0 ->
                length == 0 && asksForAnEnd(members) ? new ByteRange.Whole() : new ByteRange.Unsatisfiable(length);
            case 1 -> parts.getFirst();
            default -> new ByteRange.Several(parts);
        };
    }

    private static boolean backwards(Matcher one) {
        return one.group("suffix") == null
                && !one.group("last").isEmpty()
                && number(one.group("last")) < number(one.group("first"));
    }

    /** Returns the bytes that one range selects; empty where it selects no byte. */
    private static Optional<ContentRange> part(Matcher one, long length) {
        if (one.group("suffix") != null) {
            long bytes = number(one.group("suffix"));
            return bytes == 0 || length == 0
                    ? Optional.empty()
                    : Optional.of(new ContentRange(Math.max(0, length - bytes), length - 1, length));
        }
        long first = number(one.group("first"));
        long last = one.group("last").isEmpty() ? Long.MAX_VALUE : number(one.group("last"));
        return first < length
                ? Optional.of(new ContentRange(first, Math.min(last, length - 1), length))
                : Optional.empty();
    }

    private static boolean asksForAnEnd(List<String> members) {
        return members.stream().anyMatch(member -> member.startsWith("-") && number(member.substring(1)) > 0);
    }

    /**
     * Reports whether two parts overlap: no honest request asks for a byte twice, and the parts would be longer than
     * the whole.
     */
    private static boolean overlap(List<ContentRange> parts) {
        List<ContentRange> sorted = parts.stream()
                .sorted(Comparator.comparingLong(ContentRange::first))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).first() <= sorted.get(i - 1).last()) {
                return true;
            }
        }
        return false;
    }

    /** Returns a number of any length; one beyond the largest long is the largest long. */
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
     * Reports whether the caller's other parts belong to the stored response. An If-Range needs a strong entity tag, or
     * exactly the date where that is a strong validator. Without an If-Range the result is true.
     */
    static boolean unchanged(HttpHeaders request, StoredResponse stored) {
        List<String> lines = request.allValues("if-range");
        if (lines.size() != 1) {
            return lines.isEmpty();
        }
        String condition = lines.getFirst().strip();
        EntityTag theirs = EntityTag.of(condition);
        if (theirs.wellFormed()) {
            return stored.entityTag().filter(theirs::strongly).isPresent();
        }
        Optional<String> modified = stored.single("last-modified");
        return modified.equals(Optional.of(condition)) && strong(modified.get(), stored);
    }

    private static boolean strong(String modified, StoredResponse stored) {
        Instant receivedAt = stored.receivedAt();
        Optional<Instant> date = stored.single("date").flatMap(text -> HttpDate.parse(text, receivedAt));
        Optional<Instant> latest = date.map(at -> at.minus(APART));
        return latest.isPresent()
                && HttpDate.parse(modified, receivedAt)
                        .filter(at -> !at.isAfter(latest.get()))
                        .isPresent();
    }
}
