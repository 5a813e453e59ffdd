package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * For which requests a response was selected: the request fields its {@code Vary} names, with the values they had
 * (RFC 9111 §4.1, RFC 9110 §12.5.5). Immutable.
 */
public final class Selection {
    private static final Selection ALL = new Selection(List.of(), List.of(), false);

    private final List<String> names;
    private final List<List<String>> values;
    private final boolean unmatchable;

    private Selection(List<String> names, List<List<String>> values, boolean unmatchable) {
        this.names = names;
        this.values = values;
        this.unmatchable = unmatchable;
    }

    /** The selection of a response with these fields to a request with those. */
    public static Selection of(HttpHeaders response, HttpHeaders request) {
        TreeSet<String> members = new TreeSet<>();
        for (String line : response.allValues("vary")) {
            for (String member : line.split(",")) {
                members.add(member.strip().toLowerCase(Locale.ROOT));
            }
        }
        members.remove("");
        if (members.contains("*")) {
            return new Selection(List.of(), List.of(), true);
        }
        return members.isEmpty() ? ALL : ALL.renamed(List.copyOf(members)).forRequest(request);
    }

    private Selection renamed(List<String> others) {
        return new Selection(others, List.of(), unmatchable);
    }

    /** The same field names with the values of this request. */
    public Selection forRequest(HttpHeaders request) {
        if (names.isEmpty()) {
            return this;
        }
        List<List<String>> theirs = new ArrayList<>(names.size());
        for (String name : names) {
            theirs.add(request.allValues(name));
        }
        return new Selection(names, theirs, unmatchable);
    }

    /** Whether no request can ever match: {@code Vary: *}. */
    public boolean unmatchable() {
        return unmatchable;
    }

    /** Whether the response may be used for a request with these fields. Allocates nothing when the lines are equal. */
    public boolean matches(HttpHeaders request) {
        if (unmatchable) {
            return false;
        }
        for (int i = 0; i < names.size(); i++) {
            List<String> mine = values.get(i);
            List<String> theirs = request.allValues(names.get(i));
            if (!mine.equals(theirs) && !normal(mine).equals(normal(theirs))) {
                return false;
            }
        }
        return true;
    }

    /** The names and the normalised values as one value, equal for requests that select the same. */
    public Object fingerprint() {
        TreeMap<String, String> fields = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            fields.put(names.get(i), values.get(i).isEmpty() ? "" : '=' + normal(values.get(i)));
        }
        return fields;
    }

    /** A rough count of the bytes this takes. */
    int weight() {
        int weight = 0;
        for (int i = 0; i < names.size(); i++) {
            weight += 64 + names.get(i).length();
            for (String value : values.get(i)) {
                weight += 64 + value.length();
            }
        }
        return weight;
    }

    /** Several lines as one, and no white space round the commas (RFC 9110 §5.3, §5.6.1). */
    static String normal(List<String> lines) {
        List<String> members = new ArrayList<>();
        for (String line : lines) {
            for (String member : line.split(",", -1)) {
                members.add(member.strip());
            }
        }
        return String.join(",", members);
    }
}
