package dev.fetchonce.internal.http.message;

import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URI reference in a header field, split as in RFC 3986 appendix B. {@link java.net.URI#resolve} follows an older
 * RFC: with an empty reference or a lone query it loses the last segment of the path.
 *
 * <p>The JDK's client passes each byte of a field as one character. Bytes beyond ASCII are percent-encoded as they are,
 * so that UTF-8 stays UTF-8. Blanks and other printable characters that a URI may not contain are encoded too, as in
 * browsers. Control characters are refused, and so are backslashes, which other programs read as slashes.
 */
public final class UriReference {
    private static final Pattern PARTS =
            Pattern.compile("(?:([^:/?#]*):)?(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#.*)?", Pattern.DOTALL);

    /** Texts without a control character, a backslash, or a character that takes more than a byte. */
    private static final Pattern READABLE = Pattern.compile("[ -\\[\\]-~\\x80-\\xff]*");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String NEVER_IN_A_URI = " \"<>^`{|}";

    private final @Nullable String scheme;
    private final @Nullable String authority;
    private final String path;
    private final @Nullable String query;

    private UriReference(Matcher parts) {
        this.scheme = parts.group(1);
        this.authority = parts.group(2);
        this.path = encoded(parts.group(3), NEVER_IN_A_URI + "[]");
        this.query = parts.group(4) == null ? null : encoded(parts.group(4), NEVER_IN_A_URI);
    }

    /**
     * Parses a reference.
     *
     * @throws IllegalArgumentException when the reference is invalid; the message says why and does not quote it
     */
    public static UriReference parse(String value) {
        Matcher parts = PARTS.matcher(value);
        if (!READABLE.matcher(value).matches() || !parts.matches()) {
            throw new IllegalArgumentException("it has a character that no URL may contain");
        }
        return new UriReference(parts);
    }

    /**
     * Resolves the reference against a base (RFC 3986 §5.2.2) and drops its fragment.
     *
     * @throws IllegalArgumentException when the result is no valid target; the message says why and does not quote the
     *     reference
     */
    public TargetUri against(TargetUri base) {
        if (scheme != null && !scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            throw new IllegalArgumentException("it is neither http nor https");
        }
        if (authority != null && authority.contains("@")) {
            throw new IllegalArgumentException("it has user-info");
        }
        try {
            return TargetUri.parse(resolved(base));
        } catch (IllegalArgumentException e) { // the message of the cause may quote the reference
            throw new IllegalArgumentException("it has no valid host and port, or it is malformed", e);
        }
    }

    private String resolved(TargetUri base) {
        String withQuery = query == null ? path : path + '?' + query;
        if (scheme != null) {
            return scheme + ':' + (authority == null ? "" : "//" + authority) + withQuery;
        }
        if (authority != null) {
            return base.uri().getScheme() + "://" + authority + withQuery;
        }
        if (path.startsWith("/")) {
            return base.origin() + withQuery;
        }
        String from = base.uri().getRawPath();
        if (!path.isEmpty()) {
            return base.origin() + from.substring(0, from.lastIndexOf('/') + 1) + withQuery;
        }
        return query == null ? base.text() : base.origin() + from + withQuery;
    }

    private static String encoded(String part, String forbidden) {
        StringBuilder encoded = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c < 0x80 && forbidden.indexOf(c) < 0) {
                encoded.append(c);
            } else {
                HEX.toHexDigits(encoded.append('%'), (byte) c);
            }
        }
        return encoded.toString();
    }
}
