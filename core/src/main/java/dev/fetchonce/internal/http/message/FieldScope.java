package dev.fetchonce.internal.http.message;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The part of a response to which a {@code no-cache} or {@code private} applies (RFC 9111 §5.2.2.4, §5.2.2.7). */
public sealed interface FieldScope {
    /** No part: the directive is absent. */
    record None() implements FieldScope {}

    /** The whole response. */
    record Whole() implements FieldScope {}

    /**
     * Some fields of the response.
     *
     * @param names in lower case; at least one
     */
    record Fields(Set<String> names) implements FieldScope {
        /**
         * Checks and copies the names.
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
     * Returns the scope of all occurrences of one directive. An occurrence without an argument, or with an argument
     * that is no list of field names, makes the scope the whole response. That is the most restrictive scope.
     *
     * @param occurrences the occurrences; may be empty
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
