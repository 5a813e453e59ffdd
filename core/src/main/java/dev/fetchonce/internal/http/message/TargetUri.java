package dev.fetchonce.internal.http.message;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The target of a request: an absolute http or https URL in its normal form, in which equivalent spellings are equal
 * (RFC 9110 §4.2.3). The normal form has scheme and host in lower case, no default port, no empty path, no dot segments
 * and no fragment. An existing percent-encoding stays as it is. Characters beyond ASCII are percent-encoded without
 * further normalization.
 *
 * @param uri the normal form
 * @param text the normal form as a string
 * @param origin the scheme, the host and a port that is not the default; a message may name no other part
 */
public record TargetUri(URI uri, String text, String origin) {
    private static final String NO_SCHEME = "the URL has no scheme; it must begin with http:// or https://";
    private static final Pattern HOST_AND_PORT = Pattern.compile(
            "(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}(?:[/?#]|$)|[0-9]+(?:\\.[0-9]+){3}(?:[/?#]|$)");

    /** The length of the longest path that a name shows in full, in characters. */
    private static final int LONGEST_PATH = 200;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /**
     * Parses a URL.
     *
     * @throws IllegalArgumentException when the URL is invalid; the message says why and never quotes user-info or
     *     query
     */
    public static TargetUri parse(String url) {
        try {
            return of(new URI(Objects.requireNonNull(url, "url")));
        } catch (URISyntaxException e) {
            if (beginsWithHost(url)) {
                throw new IllegalArgumentException(NO_SCHEME);
            }
            throw new IllegalArgumentException("not a valid URL: " + e.getReason() + " at index " + e.getIndex()
                    + " of " + url.length() + " characters; characters that a URL may not contain must be"
                    + " percent-encoded");
        }
    }

    /**
     * Returns the target of this URI.
     *
     * @throws IllegalArgumentException when the URI is invalid; the message says why and never quotes user-info or
     *     query
     */
    public static TargetUri of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException(
                    scheme.isEmpty() || beginsWithHost(uri.toString())
                            ? NO_SCHEME
                            : "the scheme '" + scheme + "' is not supported; use http or https");
        }
        if (uri.getRawUserInfo() != null
                || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
            throw new IllegalArgumentException(
                    "user-info in a URL is not supported, as it leaks into logs and would not"
                            + " be sent; give an Authorization header instead");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    uri.getRawAuthority() == null
                            ? "the URL has no host; it must look like " + scheme + "://host/path"
                            : "'" + uri.getRawAuthority() + "' is not a valid host name; letters, digits, hyphens and"
                                    + " dots are (international names in their xn-- form)");
        }
        String origin = scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port(scheme, uri.getPort());
        if (isNormal(uri, origin)) {
            return new TargetUri(uri, uri.toString(), origin);
        }
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String text = origin + encoded(path(uri.getRawPath()) + query);
        return new TargetUri(URI.create(text), text, origin);
    }

    /** Returns the name of this URL in messages, log lines and thread names, as {@link #name(String)}. */
    public String name() {
        return name(text);
    }

    /**
     * Returns the name of a URL in messages, log lines and thread names: its scheme, host, port and path. A name has no
     * query, because a query may hold secrets. A path beyond 200 characters ends with an ellipsis. The name of a URL
     * without a query and with a shorter path is the URL itself, and costs nothing.
     *
     * @param url the normal form of a URL
     */
    public static String name(String url) {
        int query = url.indexOf('?');
        int end = query < 0 ? url.length() : query;
        int path = url.indexOf('/', url.indexOf("://") + 3);
        return path >= 0 && end - path > LONGEST_PATH
                ? url.substring(0, path + LONGEST_PATH) + "..."
                : url.substring(0, end);
    }

    /**
     * Returns the name of a URI that need not be in its normal form. The name leaves out the user-info too, which may
     * hold a password.
     */
    public static String name(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return name(uri.getScheme() + "://" + uri.getHost() + port + path);
    }

    /**
     * Reports whether the URL begins with a host name or an address and not with a scheme. {@link URI} takes the host
     * before a port for a scheme.
     */
    private static boolean beginsWithHost(String url) {
        return HOST_AND_PORT.matcher(url).lookingAt();
    }

    /**
     * Reports whether the URI is in its normal form. The target then keeps this URI and the caller's own string as its
     * text.
     */
    private static boolean isNormal(URI uri, String origin) {
        String written = uri.toString();
        return written.startsWith(origin)
                && written.startsWith("/", origin.length()) // the authority ends here, and the path is not empty
                && uri.getRawFragment() == null
                && !uri.getRawPath().contains("/.")
                && ascii(written);
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * Percent-encodes characters beyond ASCII. {@link URI#toASCIIString()} would compose the characters first: other
     * URLs would become equal to this one, and a delimiter could vanish or appear.
     */
    private static String encoded(String text) {
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not a valid URL: it has half a surrogate pair, which is no character");
        }
        if (bytes.remaining() == text.length()) {
            return text;
        }
        StringBuilder encoded = new StringBuilder(bytes.remaining() * 3);
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b >= 0) {
                encoded.append((char) b);
            } else {
                HEX.toHexDigits(encoded.append('%'), b);
            }
        }
        return encoded.toString();
    }

    private static String port(String scheme, int port) {
        if (port == -1 || port == (scheme.equals("http") ? 80 : 443)) {
            return "";
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is out of range; ports are 1 to 65535");
        }
        return ":" + port;
    }

    /** Removes the dot segments of a path (RFC 3986 §5.2.4). {@link URI#normalize()} would also merge empty segments. */
    private static String path(String path) {
        if (path.isEmpty()) {
            return "/";
        }
        if (!path.contains("/.")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        List<String> segments = List.of(path.substring(1).split("/", -1));
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean dots = segment.equals(".") || segment.equals("..");
            if (segment.equals("..") && !kept.isEmpty()) {
                kept.removeLast();
            }
            if (!dots) {
                kept.add(segment);
            } else if (i == segments.size() - 1) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept);
    }
}
