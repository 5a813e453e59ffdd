package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entity tag (RFC 9110 §8.8.3), or a malformed text in the place of one. A malformed text is equal only to itself.
 *
 * @param opaque the quoted part, with its quotes; of a malformed text the whole
 * @param kind whether the tag is strong, weak or malformed
 */
public record EntityTag(String opaque, Kind kind) {
    private static final String WEAK = "W/";

    /** The kind of a tag, which says what the equality of two tags means. */
    public enum Kind {
        /** Representations with equal tags are equal byte for byte. */
        STRONG,
        /** Representations with equal tags can replace each other. */
        WEAK,
        /** The text is no entity tag. */
        MALFORMED
    }

    /**
     * Checks the opaque part of a well-formed tag.
     *
     * @throws IllegalArgumentException when the opaque part is not quoted as RFC 9110 §8.8.3 requires
     */
    public EntityTag {
        if (kind != Kind.MALFORMED && !quoted(opaque)) {
            throw new IllegalArgumentException("the opaque part of an entity tag must be in quotes, without blanks");
        }
    }

    /** Returns the tag of this text; white space round it does not count. */
    public static EntityTag of(String value) {
        String text = value.strip();
        boolean weak = text.startsWith(WEAK);
        String opaque = weak ? text.substring(WEAK.length()) : text;
        return quoted(opaque)
                ? new EntityTag(opaque, weak ? Kind.WEAK : Kind.STRONG)
                : new EntityTag(text, Kind.MALFORMED);
    }

    /**
     * Returns the tag in the ETag field of a response. Lines that contradict each other are one malformed text; an
     * empty field has no tag.
     */
    public static Optional<EntityTag> of(HttpHeaders response) {
        return ofField(response.allValues("etag"));
    }

    /** Returns the tag in the lines of an ETag field; empty when all lines are blank. */
    public static Optional<EntityTag> ofField(List<String> lines) {
        return SingleField.value(lines).map(EntityTag::of);
    }

    /**
     * Returns the members of an {@code If-None-Match} or If-Match field, in order. A comma in quotes does not end a
     * member, and a backslash escapes nothing (RFC 9110 §8.8.3). That is why {@link ListField} does not read this list.
     */
    public static List<EntityTag> list(List<String> lines) {
        List<EntityTag> tags = new ArrayList<>();
        for (String line : lines) {
            int start = 0;
            while (start < line.length()) {
                int end = end(line, start);
                String member = line.substring(start, end);
                if (!member.isBlank()) {
                    tags.add(of(member));
                }
                start = end + 1;
            }
        }
        return tags;
    }

    /** Compares two tags by the strong comparison of RFC 9110 §8.8.3.2. */
    public boolean strongly(EntityTag other) {
        return kind == Kind.STRONG && equals(other);
    }

    /** Compares two tags by the weak comparison of RFC 9110 §8.8.3.2; a malformed text is compared as it is. */
    public boolean weakly(EntityTag other) {
        return wellFormed() == other.wellFormed() && opaque.equals(other.opaque);
    }

    /** Reports whether the text is an entity tag. */
    public boolean wellFormed() {
        return kind != Kind.MALFORMED;
    }

    /** Returns the tag as a field writes it. */
    public String text() {
        return kind == Kind.WEAK ? WEAK + opaque : opaque;
    }

    private static int end(String line, int start) {
        boolean quoted = false;
        for (int i = start; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return line.length();
    }

    private static boolean quoted(String text) {
        int last = text.length() - 1;
        boolean quoted = last > 0 && text.charAt(0) == '"' && text.charAt(last) == '"';
        for (int i = 1; quoted && i < last; i++) {
            quoted = ofATag(text.charAt(i));
        }
        return quoted;
    }

    /**
     * Reports whether the character is an etagc: no quote, blank or control character, and nothing that takes more than
     * a byte.
     */
    private static boolean ofATag(int c) {
        return c == 0x21 || (c >= 0x23 && c <= 0x7e) || (c >= 0x80 && c <= 0xff);
    }
}
