package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A field whose value is no list: a second line must have the value of the first (RFC 9110 §5.3). */
public final class SingleField {
    private SingleField() {}

    /**
     * Returns the value without the white space round it; empty when the field is absent or blank. Lines that
     * contradict each other are joined with a comma, which makes an invalid value.
     */
    public static Optional<String> value(HttpHeaders fields, String name) {
        return value(fields.allValues(name));
    }

    /** Returns the value that the lines of a field have in common; lines that contradict each other are joined. */
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
