package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A field whose value is no list: a second line has no meaning unless it says the same (RFC 9110 §5.3). */
public final class SingleField {
    private SingleField() {}

    /**
     * The value without the white space round it; empty when the field is absent or says nothing. Lines that contradict
     * each other are joined, which makes a text that is no valid value.
     */
    public static Optional<String> value(HttpHeaders fields, String name) {
        return value(fields.allValues(name));
    }

    /** Returns the value that the lines of a field have in common. */
    public static Optional<String> value(List<String> lines) {
        Set<String> said = new LinkedHashSet<>(2);
        for (String line : lines) {
            if (!line.isBlank()) {
                said.add(line.strip());
            }
        }
        return said.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", said));
    }
}
