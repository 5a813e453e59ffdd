package dev.fetchonce.internal.http.message;

import java.util.ArrayList;
import java.util.List;

/** A field whose value is a list: its members may stand in one line or in several (RFC 9110 §5.3, §5.6.1). */
public final class ListField {
    private ListField() {}

    /**
     * Returns the members in order, without the white space round them and without empty members. A comma within a
     * quoted string (RFC 9110 §5.6.4) separates nothing. An unclosed quoted string ends with its line, so that it hides
     * no member of another line.
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
     * Returns the members of a list of tokens, in which a quotation mark has no meaning: a stray one hides no later
     * member.
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

    /** Returns the index of the next comma that separates two members, or the end of the line. */
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
