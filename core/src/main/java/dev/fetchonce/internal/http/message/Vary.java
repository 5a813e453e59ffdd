package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The Vary field of a response, which names the request fields by which its origin chose it (RFC 9110 §12.5.5).
 * Immutable.
 *
 * @param names in lower case, each once and in order, without {@code *}
 * @param star whether the field has a {@code *}: the choice also depended on more than the request fields
 */
public record Vary(List<String> names, boolean star) {
    /** The most names that a cache compares one by one: tens of thousands would cost every caller milliseconds. */
    static final int MAXIMUM_NAMES = 32;

    public Vary {
        names = List.copyOf(names);
    }

    /** Reads all lines of the field; this method throws nothing. */
    public static Vary of(HttpHeaders response) {
        TreeSet<String> members = new TreeSet<>();
        for (String member : ListField.tokens(response.allValues("vary"))) {
            members.add(member.toLowerCase(Locale.ROOT));
        }
        boolean star = members.remove("*");
        return new Vary(List.copyOf(members), star);
    }

    /** Reports whether the field has more than {@link #MAXIMUM_NAMES} names. */
    public boolean tooLong() {
        return names.size() > MAXIMUM_NAMES;
    }

    /** Reports whether the field matches no request (RFC 9111 §4.1). A list that is too long counts as {@code *}. */
    public boolean matchesNoRequest() {
        return star || tooLong();
    }
}
