package dev.fetchonce.internal.http.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The directives of a Cache-Control field as they stand (RFC 9111 §5.2), known or not, in their order and with those that
 * come twice.
 */
public record Directives(List<Directives.Directive> all) {
    /**
     * One of them.
     *
     * @param name in lower case; never empty
     * @param argument what follows the equals sign, a quoted string without its quotation marks; null without an equals sign
     */
    public record Directive(String name, @Nullable String argument) {}

    /**
     * What a word in an unreadable member counts for: what restricts is obeyed, at its strictest, and what permits is not.
     * A number that cannot be read is none, and a status code cannot be held against a must-understand.
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
     * Reads the lines of the field. White space round an equals sign does not count. A member that is no token, or has an
     * argument that is neither token nor quoted string, is unreadable: it counts for the restrictions that are named in it
     * and for nothing else, and comes before all others, so that a lifetime in it is none. That is never fresher than any
     * reading of it (RFC 9111 §4.2.1).
     *
     * @param lines anything; nothing is thrown
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

    /** What a member says; null where it is unreadable. */
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

    /** Whether the directive is there, with an argument or without: one that takes none keeps its meaning. */
    boolean has(String name) {
        return !named(name).isEmpty();
    }

    /** All occurrences of a directive. */
    List<Directive> named(String name) {
        return all.stream().filter(directive -> directive.name().equals(name)).toList();
    }

    /** The seconds that the first occurrence tells; empty when there is none, or it tells none. */
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
     * The same for a lifetime: a directive that is there and tells no seconds tells 0, as what has invalid freshness
     * information is to be taken for stale (RFC 9111 §4.2.1).
     */
    OptionalLong lifetime(String name) {
        OptionalLong seconds = seconds(name);
        return seconds.isEmpty() && has(name) ? OptionalLong.of(0) : seconds;
    }

    /** The content of a quoted string (RFC 9110 §5.6.4); null where it is none. */
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
