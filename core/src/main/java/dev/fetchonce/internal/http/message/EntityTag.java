package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entity tag (RFC 9110 §8.8.3), or what stands where one should be: such a text is equal to itself and to nothing else.
 *
 * @param opaque the part in quotes, with them; of a malformed one the whole text
 * @param kind how much the tag says
 */
public record EntityTag(String opaque, Kind kind) {
    private static final String WEAK = "W/";

    /** How much a tag says when it is equal to another. */
    public enum Kind {
        /** The representations are the same, byte for byte. */
        STRONG,
        /** One will do for the other. */
        WEAK,
        /** It is no entity tag. */
        MALFORMED
    }

    /**
     * Checks that a well-formed tag is one.
     *
     * @throws IllegalArgumentException when it is not
     */
    public EntityTag {
        if (kind != Kind.MALFORMED && !quoted(opaque)) {
            throw new IllegalArgumentException("the opaque part of an entity tag must be in quotes, without blanks");
        }
    }

    /** The tag that this text is; white space round it does not count. */
    public static EntityTag of(String value) {
        String text = value.strip();
        boolean weak = text.startsWith(WEAK);
        String opaque = weak ? text.substring(WEAK.length()) : text;
        return quoted(opaque)
                ? new EntityTag(opaque, weak ? Kind.WEAK : Kind.STRONG)
                : new EntityTag(text, Kind.MALFORMED);
    }

    /**
     * The tag in the ETag field of a response. Lines that contradict each other are one malformed text; an empty field is
     * none.
     */
    public static Optional<EntityTag> of(HttpHeaders response) {
        return ofField(response.allValues("etag"));
    }

    /** Returns the tag in the lines of an ETag field; empty where they say nothing. */
    public static Optional<EntityTag> ofField(List<String> lines) {
        return SingleField.value(lines).map(EntityTag::of);
    }

    /**
     * The members of an If-None-Match or If-Match field, in order. A comma in quotes does not end a member, and a backslash
     * escapes nothing there (RFC 9110 §8.8.3): that is why this is no other list.
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

    /** The strong comparison of RFC 9110 §8.8.3.2. */
    public boolean strongly(EntityTag other) {
        return kind == Kind.STRONG && equals(other);
    }

    /** The weak comparison of RFC 9110 §8.8.3.2; malformed texts are compared as they are. */
    public boolean weakly(EntityTag other) {
        return wellFormed() == other.wellFormed() && opaque.equals(other.opaque);
    }

    /** Whether it is an entity tag. */
    public boolean wellFormed() {
        return kind != Kind.MALFORMED;
    }

    /** The tag as a field has it. */
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

    /** The rule etagc: neither a quote, a blank nor a control character, and nothing that is more than a byte. */
    private static boolean ofATag(int c) {
        return c == 0x21 || (c >= 0x23 && c <= 0x7e) || (c >= 0x80 && c <= 0xff);
    }
}
