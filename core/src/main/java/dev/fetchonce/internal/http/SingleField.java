package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** A field whose value is no list: a second line has no meaning unless it says the same (RFC 9110 §5.3). */
final class SingleField {
    private SingleField() {}

    /**
     * The value without the white space round it; empty when the field is absent or says nothing. Lines that contradict
     * each other are joined, which makes a text that is no valid value.
     */
    static Optional<String> value(HttpHeaders fields, String name) {
        List<String> lines = fields.allValues(name).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .distinct()
                .toList();
        return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lines));
    }
}
