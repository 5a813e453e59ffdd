package dev.fetchonce.internal.http.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The directives of a Cache-Control field (RFC 9111 §5.2), known and unknown ones, in their order and with repeated
 * ones.
 */
public record Directives(List<Directives.Directive> all) {
    /**
     * A directive of the field.
     *
     * @param name in lower case; never empty
     * @param argument the text after the equals sign, a quoted string without its quotation marks; null without an
     *     equals sign
     */
    public record Directive(String name, @Nullable String argument) {}

    /**
     * The directives that count for the words of an unreadable member. A restriction counts at its strictest, and a
     * permission does not count. An unreadable number counts as no number. A must-understand counts as no-store,
     * because no status code can be checked against it.
     */
    private static final Map<String, Directive> STRICTEST = Map.ofEntries(
            alone("no-cache"),
            alone("no-store"),
            alone("private"),
            alone("must-revalidate"),
            alone("proxy-revalidate"),
            alone("only-if-cached"),
            Map.entry("must-understand", new Directive("no-store", null)),
            Map.entry("max-age", new Directive("max-age", "")),
            Map.entry("s-maxage", new Directive("s-maxage", "")),
            Map.entry("min-fresh", new Directive("max-age", "")));

    public Directives {
        all = List.copyOf(all);
    }

    /**
     * Reads the lines of the field. White space round an equals sign does not count.
     *
     * <p>A member is unreadable when its name is no token, or when its argument is neither a token nor a quoted string.
     * An unreadable member counts only for the restrictions that it names. These come before all other directives, so
     * that a lifetime in such a member counts as no lifetime. The result is never fresher than any reading of the
     * member (RFC 9111 §4.2.1).
     *
     * @param lines any lines; this method throws nothing
     */
    public static Directives parse(List<String> lines) {
        List<Directive> strictest = new ArrayList<>();
        List<Directive> readable = new ArrayList<>();
        for (String member : ListField.members(lines)) {
            Directive directive = directive(member);
            if (directive == null) {
                strictest.addAll(strictest(member));
            } else {
                readable.add(directive);
            }
        }
        strictest.addAll(readable);
        return new Directives(strictest);
    }

    /** Returns the directive of a member; null for an unreadable member. */
    private static @Nullable Directive directive(String member) {
        int equals = member.indexOf('=');
        String name = (equals < 0 ? member : member.substring(0, equals)).strip();
        if (!HttpToken.is(name)) {
            return null;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (equals < 0) {
            return new Directive(lower, null);
        }
        String value = member.substring(equals + 1).strip();
        String argument = HttpToken.is(value) ? value : unquoted(value);
        return argument == null ? null : new Directive(lower, argument);
    }

    private static List<Directive> strictest(String unreadable) {
        List<Directive> strictest = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= unreadable.length(); i++) {
            if (i == unreadable.length() || !HttpToken.mayHave(unreadable.charAt(i))) {
                Directive counts = STRICTEST.get(unreadable.substring(start, i).toLowerCase(Locale.ROOT));
                if (counts != null) {
                    strictest.add(counts);
                }
                start = i + 1;
            }
        }
        return strictest;
    }

    private static Map.Entry<String, Directive> alone(String name) {
        return Map.entry(name, new Directive(name, null));
    }

    /**
     * Reports whether the directive is present, with an argument or without: a directive that takes no argument keeps
     * its meaning with one.
     */
    boolean has(String name) {
        return !named(name).isEmpty();
    }

    /** Returns all occurrences of a directive. */
    List<Directive> named(String name) {
        return all.stream().filter(directive -> directive.name().equals(name)).toList();
    }

    /**
     * Returns the seconds of the first occurrence; empty when the directive is absent or its first occurrence has no
     * valid number.
     */
    OptionalLong seconds(String name) {
        for (Directive directive : all) {
            if (directive.name().equals(name)) {
                String argument = directive.argument();
                return argument == null ? OptionalLong.empty() : DeltaSeconds.parse(argument);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Returns the seconds of a directive that states a lifetime. A directive without a valid number has 0 seconds,
     * because a response with invalid freshness information counts as stale (RFC 9111 §4.2.1).
     */
    OptionalLong lifetime(String name) {
        OptionalLong seconds = seconds(name);
        return seconds.isEmpty() && has(name) ? OptionalLong.of(0) : seconds;
    }

    /** Returns the content of a quoted string (RFC 9110 §5.6.4); null where the text is no quoted string. */
    private static @Nullable String unquoted(String argument) {
        if (!argument.startsWith("\"")) {
            return null;
        }
        StringBuilder content = new StringBuilder(argument.length());
        for (int i = 1; i < argument.length(); i++) {
            char character = argument.charAt(i);
            if (character == '"') {
                return i == argument.length() - 1 ? content.toString() : null;
            }
            if (character == '\\' && ++i < argument.length()) {
                character = argument.charAt(i);
            }
            content.append(character);
        }
        return null;
    }
}
