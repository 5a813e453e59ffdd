package dev.fetchonce.internal.http;

import java.util.ArrayList;
import java.util.List;

/** A field whose value is a list: several lines and the members of one line are the same (RFC 9110 §5.3, §5.6.1). */
final class ListField {
    private ListField() {}

    /** The members in order, without the white space round them; empty ones are left out. */
    static List<String> members(List<String> lines) {
        List<String> members = new ArrayList<>();
        for (String line : lines) {
            for (String member : line.split(",", -1)) {
                if (!member.isBlank()) {
                    members.add(member.strip());
                }
            }
        }
        return members;
    }
}
