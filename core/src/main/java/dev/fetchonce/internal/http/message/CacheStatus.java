package dev.fetchonce.internal.http.message;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a cache handled a request (RFC 9211): one member of the field Cache-Status. Immutable.
 *
 * @param cache the name of the cache: printable ASCII, not blank
 * @param handling whether it answered itself
 * @param ttlSeconds how long the response is fresh yet, in seconds; negative when it is stale, empty when that is not told
 * @param detail what else there is to say, in no fixed words; empty for nothing
 */
public record CacheStatus(String cache, Handling handling, OptionalLong ttlSeconds, String detail) {
    /** What a token has besides letters and digits (RFC 8941 §3.3.4, RFC 9110 §5.6.2). */
    private static final String IN_TOKENS = "!#$%&'*+-.^_`|~:/";

    /** The largest number that a field can hold (RFC 8941 §3.3.1). */
    private static final long LARGEST = 999_999_999_999_999L;

    /** What became of a request. */
    public sealed interface Handling {}

    /** It was answered with what is stored, and nobody was asked. */
    public record Hit() implements Handling {}

    /**
     * It went forward.
     *
     * @param why the reason
     * @param status the status code of the answer, where it is not that of the response
     * @param signs what happened besides
     */
    public record Forwarded(ForwardReason why, OptionalInt status, Set<Sign> signs) implements Handling {
        /** Copies the signs. */
        public Forwarded {
            signs = Set.copyOf(signs);
        }
    }

    /** What happened to a request that went forward. */
    public enum Sign {
        /** The answer was stored. */
        STORED("stored"),
        /** It went together with others, as one request. */
        COLLAPSED("collapsed");

        private final String key;

        Sign(String key) {
            this.key = key;
        }
    }

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException when it is blank or not printable ASCII
     */
    public CacheStatus {
        if (cache.isBlank() || !printable(cache)) {
            throw new IllegalArgumentException("the name of a cache must be printable ASCII, and not blank");
        }
    }

    /** An answer with what is stored. */
    public static CacheStatus hit(String cache) {
        return new CacheStatus(cache, new Hit(), OptionalLong.empty(), "");
    }

    /** An answer that was asked for. */
    public static CacheStatus forwarded(String cache, ForwardReason why, Sign... signs) {
        return new CacheStatus(cache, new Forwarded(why, OptionalInt.empty(), Set.of(signs)), OptionalLong.empty(), "");
    }

    /** The same of a request that went forward, with the status code of what came. */
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

    /** The same, with how long the response is fresh yet, in seconds; negative when it is stale. */
    public CacheStatus ttl(long seconds) {
        return new CacheStatus(cache, handling, OptionalLong.of(seconds), detail);
    }

    /** The same, with what else there is to say. */
    public CacheStatus detail(String words) {
        return new CacheStatus(cache, handling, ttlSeconds, words);
    }

    /** The member as the field has it (RFC 9211 §2). */
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
     * The value of the field with this member as the last one, as this cache is the nearest to the caller.
     *
     * @param upstream the lines that came; they stay as they are
     */
    public String appended(List<String> upstream) {
        List<String> members = new ArrayList<>(upstream);
        members.removeIf(String::isBlank);
        members.add(text());
        return String.join(", ", members);
    }

    /** A token, or a string in which what is not printable ASCII is a question mark. */
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

    /** RFC 8941 §3.3.4: it begins with a letter or an asterisk. Anything else is a string. */
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
