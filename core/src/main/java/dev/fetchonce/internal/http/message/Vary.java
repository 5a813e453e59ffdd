package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The Vary field of a response: the request fields by which its origin chose it (RFC 9110 §12.5.5). Immutable.
 *
 * @param names in lower case, each once and in order, without {@code *}
 * @param star whether it has a {@code *}: something beyond the request fields had a say as well
 */
public record Vary(List<String> names, boolean star) {
    /** More names than this are not compared one by one: tens of thousands would cost every caller milliseconds. */
    static final int MAXIMUM_NAMES = 32;

    public Vary {
        names = List.copyOf(names);
    }

    /** Reads all lines of the field; nothing is thrown. */
    public static Vary of(HttpHeaders response) {
        TreeSet<String> members = new TreeSet<>();
        for (String member : ListField.tokens(response.allValues("vary"))) {
            members.add(member.toLowerCase(Locale.ROOT));
        }
        boolean star = members.remove("*");
        return new Vary(List.copyOf(members), star);
    }

    /** Whether it has more names than are compared one by one. */
    public boolean tooLong() {
        return names.size() > MAXIMUM_NAMES;
    }

    /** Whether no request matches it (RFC 9111 §4.1). A list that is too long counts as {@code *} there. */
    public boolean matchesNoRequest() {
        return star || tooLong();
    }
}
