package dev.fetchonce.internal.http.message;

import java.util.ArrayList;
import java.util.List;

/** A field whose value is a list: several lines and the members of one line are the same (RFC 9110 §5.3, §5.6.1). */
public final class ListField {
    private ListField() {}

    /**
     * The members in order, without the white space round them; empty ones are left out. A comma within a quoted string
     * (RFC 9110 §5.6.4) parts nothing. A quoted string that is not closed ends with its line: it hides nothing that another
     * line says.
     */
    public static List<String> members(List<String> lines) {
        List<String> members = new ArrayList<>();
        for (String line : lines) {
            int start = 0;
            for (int end = memberEnd(line, 0); end < line.length(); end = memberEnd(line, start)) {
                add(members, line.substring(start, end));
                start = end + 1;
            }
            add(members, line.substring(start));
        }
        return members;
    }

    /**
     * The members of a list of tokens, where a quotation mark has no meaning: a stray one hides none of the members after
     * it.
     */
    public static List<String> tokens(List<String> lines) {
        List<String> tokens = new ArrayList<>();
        for (String line : lines) {
            for (String token : line.split(",", -1)) {
                add(tokens, token);
            }
        }
        return tokens;
    }

    /** Where the next comma is that parts two members, or the end of the line. */
    private static int memberEnd(String line, int start) {
        boolean quoted = false;
        for (int i = start; i < line.length(); i++) {
            char character = line.charAt(i);
            if (character == '"') {
                quoted = !quoted;
            } else if (character == '\\' && quoted) {
                i++;
            } else if (character == ',' && !quoted) {
                return i;
            }
        }
        return line.length();
    }

    private static void add(List<String> members, String member) {
        if (!member.isBlank()) {
            members.add(member.strip());
        }
    }
}
