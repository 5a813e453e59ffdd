package dev.fetchonce.internal.http.message;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One member of the Cache-Status field, which says how a cache handled a request (RFC 9211). Immutable.
 *
 * @param cache the name of the cache: printable ASCII, not blank
 * @param handling whether the cache had a hit or forwarded the request
 * @param ttlSeconds the rest of the freshness lifetime in seconds; negative when the response is stale, empty when the
 *     member does not say it
 * @param detail further text in free words; empty for no text
 */
public record CacheStatus(String cache, Handling handling, OptionalLong ttlSeconds, String detail) {
    /** The characters of a token besides letters and digits (RFC 8941 §3.3.4, RFC 9110 §5.6.2). */
    private static final String IN_TOKENS = "!#$%&'*+-.^_`|~:/";

    /** The largest integer of a structured field (RFC 8941 §3.3.1). */
    private static final long LARGEST = 999_999_999_999_999L;

    /** How the cache handled the request: as a hit or by forwarding it. */
    public sealed interface Handling {}

    /** A hit: the cache answered with a stored response and sent no request. */
    public record Hit() implements Handling {}

    /**
     * A request that the cache forwarded.
     *
     * @param why the reason
     * @param status the status code of the origin's response, where it differs from that of the caller's response
     * @param signs further events of this request
     */
    public record Forwarded(ForwardReason why, OptionalInt status, Set<Sign> signs) implements Handling {
        /** Copies the signs. */
        public Forwarded {
            signs = Set.copyOf(signs);
        }
    }

    /** An event of a forwarded request. */
    public enum Sign {
        /** The cache stored the response. */
        STORED("stored"),
        /** The cache collapsed the request with other requests into one. */
        COLLAPSED("collapsed");

        private final String key;

        Sign(String key) {
            this.key = key;
        }
    }

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when the name is blank or not printable ASCII
     */
    public CacheStatus {
        if (cache.isBlank() || !printable(cache)) {
            throw new IllegalArgumentException("the name of a cache must be printable ASCII, and not blank");
        }
    }

    /** Returns the member for a hit. */
    public static CacheStatus hit(String cache) {
        return new CacheStatus(cache, new Hit(), OptionalLong.empty(), "");
    }

    /** Returns the member for a forwarded request. */
    public static CacheStatus forwarded(String cache, ForwardReason why, Sign... signs) {
        return new CacheStatus(cache, new Forwarded(why, OptionalInt.empty(), Set.of(signs)), OptionalLong.empty(), "");
    }

    /** Returns a member with the status code of the origin's response; a hit stays as it is. */
    public CacheStatus status(int code) {
        return switch (handling) {
            case Hit hit -> this;
            case Forwarded forwarded ->
                new CacheStatus(
                        cache,
                        new Forwarded(forwarded.why(), OptionalInt.of(code), forwarded.signs()),
                        ttlSeconds,
                        detail);
        };
    }

    /** Returns a member with the rest of the freshness lifetime, in seconds; negative when the response is stale. */
    public CacheStatus ttl(long seconds) {
        return new CacheStatus(cache, handling, OptionalLong.of(seconds), detail);
    }

    /** Returns a member with this further text. */
    public CacheStatus detail(String words) {
        return new CacheStatus(cache, handling, ttlSeconds, words);
    }

    /** Returns the member as the field writes it (RFC 9211 §2). */
    public String text() {
        StringBuilder text = new StringBuilder(word(cache));
        switch (handling) {
            case Hit hit -> text.append("; hit");
            case Forwarded forwarded -> {
                text.append("; fwd=").append(forwarded.why().token());
                forwarded
                        .status()
                        .ifPresent(status -> text.append("; fwd-status=").append(status));
                for (Sign sign : Sign.values()) {
                    if (forwarded.signs().contains(sign)) {
                        text.append("; ").append(sign.key);
                    }
                }
            }
        }
        ttlSeconds.ifPresent(seconds -> text.append("; ttl=").append(Math.clamp(seconds, -LARGEST, LARGEST)));
        return detail.isEmpty()
                ? text.toString()
                : text.append("; detail=").append(word(detail)).toString();
    }

    /**
     * Returns the value of the field with this member as the last one, because this cache is the nearest to the caller.
     *
     * @param upstream the received lines of the field; they stay as they are
     */
    public String appended(List<String> upstream) {
        List<String> members = new ArrayList<>(upstream);
        members.removeIf(String::isBlank);
        members.add(text());
        return String.join(", ", members);
    }

    /** Returns the text as a token, or as a string with a question mark for each character that is not printable ASCII. */
    private static String word(String text) {
        if (token(text)) {
            return text;
        }
        StringBuilder word = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                word.append('\\');
            }
            word.append(printable(c) ? (char) c : '?');
        });
        return word.append('"').toString();
    }

    private static boolean printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!printable(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean printable(int c) {
        return c >= ' ' && c <= '~';
    }

    /** Reports whether the text is a token (RFC 8941 §3.3.4), which begins with a letter or an asterisk. */
    private static boolean token(String text) {
        boolean token = !text.isEmpty() && (letter(text.charAt(0)) || text.charAt(0) == '*');
        for (int i = 1; token && i < text.length(); i++) {
            char c = text.charAt(i);
            token = letter(c) || (c >= '0' && c <= '9') || IN_TOKENS.indexOf(c) >= 0;
        }
        return token;
    }

    private static boolean letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
