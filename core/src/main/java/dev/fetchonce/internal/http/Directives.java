package dev.fetchonce.internal.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The directives of a Cache-Control field as they stand (RFC 9111 §5.2), known or not, in their order and with those that
 * come twice.
 */
record Directives(List<Directives.Directive> all) {
    /**
     * One of them.
     *
     * @param name in lower case; never empty
     * @param argument what follows the equals sign, a quoted string without its quotation marks; null without an equals sign
     */
    record Directive(String name, @Nullable String argument) {}

    Directives {
        all = List.copyOf(all);
    }

    /**
     * Reads the lines of the field. White space round an equals sign does not count. An argument that begins as a quoted
     * string and is none is taken as it stands, with its quotation marks: neither a number nor a field name. What has no
     * name is no directive.
     *
     * @param lines anything; nothing is thrown
     */
    static Directives parse(List<String> lines) {
        List<Directive> all = new ArrayList<>();
        for (String member : ListField.members(lines)) {
            int equals = member.indexOf('=');
            String name = (equals < 0 ? member : member.substring(0, equals)).strip();
            if (!name.isEmpty()) {
                String argument = equals < 0
                        ? null
                        : unquoted(member.substring(equals + 1).strip());
                all.add(new Directive(name.toLowerCase(Locale.ROOT), argument));
            }
        }
        return new Directives(all);
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

    /** RFC 9110 §5.6.4. */
    private static String unquoted(String argument) {
        if (!argument.startsWith("\"")) {
            return argument;
        }
        StringBuilder content = new StringBuilder(argument.length());
        for (int i = 1; i < argument.length(); i++) {
            char character = argument.charAt(i);
            if (character == '"') {
                return i == argument.length() - 1 ? content.toString() : argument;
            }
            if (character == '\\' && ++i < argument.length()) {
                character = argument.charAt(i);
            }
            content.append(character);
        }
        return argument;
    }
}
