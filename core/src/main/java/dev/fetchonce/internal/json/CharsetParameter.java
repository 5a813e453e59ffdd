package dev.fetchonce.internal.json;

import java.util.ArrayList;
import java.util.List;

/** A parser of the charset parameter of a Content-Type field (RFC 9110 §8.3.2). A pure function. */
public final class CharsetParameter {
    private CharsetParameter() {}

    /**
     * Returns the charsets that a field value names, unquoted, in their order. Field lines that are joined by a comma
     * may name several charsets.
     *
     * @param contentType the field value, or empty
     */
    public static List<String> of(String contentType) {
        List<String> charsets = new ArrayList<>();
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i < contentType.length(); i++) {
            char c = contentType.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ';' || c == ',')) {
                add(contentType.substring(start, i), charsets);
                start = i + 1;
            }
        }
        add(contentType.substring(start), charsets);
        return charsets;
    }

    private static void add(String parameter, List<String> charsets) {
        int equals = parameter.indexOf('=');
        if (equals < 0 || !parameter.substring(0, equals).strip().equalsIgnoreCase("charset")) {
            return;
        }
        String value = parameter.substring(equals + 1).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        charsets.add(quoted ? value.substring(1, value.length() - 1).replace("\\", "") : value);
    }
}
