package dev.fetchonce.internal.http.message;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What of a response a {@code no-cache} or {@code private} speaks of (RFC 9111 §5.2.2.4, §5.2.2.7). */
public sealed interface FieldScope {
    /** Nothing: the directive is absent. */
    record None() implements FieldScope {}

    /** The whole response. */
    record Whole() implements FieldScope {}

    /**
     * Some of its fields.
     *
     * @param names in lower case; at least one
     */
    record Fields(Set<String> names) implements FieldScope {
        /**
         * Checks and copies.
         *
         * @throws IllegalArgumentException when there is no name
         */
        public Fields {
            if (names.isEmpty()) {
                throw new IllegalArgumentException("a directive that is limited to fields must name one");
            }
            names = Set.copyOf(names);
        }
    }

    /**
     * The scope of all occurrences of one directive. One without an argument, or with one that is not a list of field names,
     * makes it the whole response, which is the most restrictive.
     *
     * @param occurrences may be none
     */
    static FieldScope of(List<Directives.Directive> occurrences) {
        TreeSet<String> names = new TreeSet<>();
        for (Directives.Directive occurrence : occurrences) {
            String argument = occurrence.argument();
            List<String> fields = argument == null ? List.of() : ListField.tokens(List.of(argument));
            if (fields.isEmpty() || !fields.stream().allMatch(HttpToken::is)) {
                return new Whole();
            }
            fields.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        }
        return names.isEmpty() ? new None() : new Fields(names);
    }
}
