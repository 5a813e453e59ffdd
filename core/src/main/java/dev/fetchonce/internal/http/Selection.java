package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * For which requests a response was selected: the request fields its {@code Vary} names, with the values they had
 * (RFC 9111 §4.1, RFC 9110 §12.5.5). Immutable.
 */
public final class Selection {
    private static final Selection ALL = new Selection(List.of(), List.of(), null, false);

    /** More names than this are taken for {@code *}: to compare tens of thousands would cost every caller milliseconds. */
    static final int MAXIMUM_NAMES = 32;

    private final List<String> names;
    private final List<List<String>> values;

    /** The same, each in its normal form. */
    private final List<String> normal;

    private final @Nullable SelectedCoding coding;
    private final boolean unmatchable;

    /** Whether it is for every request, as it is on most hits. */
    private final boolean unconditional;

    private Selection(
            List<String> names, List<List<String>> values, @Nullable SelectedCoding coding, boolean unmatchable) {
        this.names = names;
        this.values = values;
        this.normal = values.stream().map(Selection::normal).toList();
        this.coding = coding;
        this.unmatchable = unmatchable;
        this.unconditional = names.isEmpty() && coding == null && !unmatchable;
    }

    /** The selection of a response with these fields to a request with those. */
    public static Selection of(HttpHeaders response, HttpHeaders request) {
        TreeSet<String> members = new TreeSet<>();
        for (String member : ListField.tokens(response.allValues("vary"))) {
            members.add(member.toLowerCase(Locale.ROOT));
        }
        if (members.contains("*") || members.size() > MAXIMUM_NAMES) {
            return new Selection(List.of(), List.of(), null, true);
        }
        return members.isEmpty()
                ? ALL
                : new Selection(List.copyOf(members), List.of(), null, false).forRequest(request);
    }

    /** The same, for requests only that accept its content coding. */
    Selection coded(SelectedCoding selected) {
        return unmatchable ? this : new Selection(names, values, selected, false);
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
        return new Selection(names, theirs, coding, unmatchable);
    }

    /** Whether no request can ever match: {@code Vary: *}. */
    public boolean unmatchable() {
        return unmatchable;
    }

    /** Whether the response may be used for a request with these fields. Allocates nothing when the lines are equal. */
    public boolean matches(HttpHeaders request) {
        if (unconditional) {
            return true;
        }
        if (unmatchable || !sameFields(request)) {
            return false;
        }
        return coding == null || coding.acceptedBy(request);
    }

    /** Whether the request has what its Vary asks for, whatever codings it accepts. */
    private boolean sameFields(HttpHeaders request) {
        for (int i = 0; i < names.size(); i++) {
            List<String> mine = values.get(i);
            List<String> theirs = request.allValues(names.get(i));
            boolean onlyOneHasIt = mine.isEmpty() != theirs.isEmpty(); // an empty field is not an absent one
            if (onlyOneHasIt || !(equal(mine, theirs) || normal.get(i).equals(normal(theirs)))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a request is kept from the response by its coding alone, which the key of a flight does not know. */
    public boolean codedOtherwise(HttpHeaders request) {
        return coding != null && !unmatchable && sameFields(request) && !coding.acceptedBy(request);
    }

    /** Whether its Vary tells requests apart. */
    public boolean varies() {
        return !names.isEmpty();
    }

    /** As {@link List#equals}, without its iterators. */
    static boolean equal(List<String> mine, List<String> theirs) {
        boolean equal = mine.size() == theirs.size();
        for (int i = 0; equal && i < mine.size(); i++) {
            equal = mine.get(i).equals(theirs.get(i));
        }
        return equal;
    }

    /** The names and the normalised values as one value, equal for requests that select the same. */
    public Object fingerprint() {
        TreeMap<String, String> fields = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            fields.put(names.get(i), values.get(i).isEmpty() ? "" : '=' + normal.get(i));
        }
        return fields;
    }

    /** An estimate of the heap it takes, in bytes: most are one instance for many responses. */
    int weight() {
        int weight = 0;
        for (int i = 0; i < names.size(); i++) {
            for (String value : values.get(i)) {
                weight += 50 + 2 * value.length();
            }
        }
        return weight;
    }

    /** Whether it is the same for every request, line by line. */
    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Selection other
                && unmatchable == other.unmatchable
                && names.equals(other.names)
                && values.equals(other.values)
                && Objects.equals(coding, other.coding);
    }

    @Override
    public int hashCode() {
        return Objects.hash(names, values, coding, unmatchable);
    }

    /**
     * Several lines as one, and no white space round the commas: what RFC 9111 §4.1 allows to be the same. What is quoted
     * stays as it is. A line break parts the members: unlike a comma, no member has one.
     */
    static String normal(List<String> lines) {
        return String.join("\n", ListField.members(lines));
    }
}
