package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.message.ListField;
import dev.fetchonce.internal.http.message.Vary;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests for which a response was selected: the request fields that its {@code Vary} names, with their values
 * (RFC 9111 §4.1, RFC 9110 §12.5.5). Immutable.
 */
public final class VarySelection {
    /** The fields of a request on which a selection depends. */
    private enum Extent {
        /** The fields with these names. */
        NAMED,
        /** All fields of the request; the names are those of the original request. */
        EVERY,
        /** More than the fields: no request ever matches. */
        BEYOND
    }

    private static final VarySelection ALL = new VarySelection(List.of(), List.of(), null, Extent.NAMED);

    private final List<String> names;
    private final List<List<String>> values;

    /** The values in their normal form. */
    private final List<String> normal;

    private final @Nullable SelectedCoding coding;
    private final Extent extent;

    /** Whether the selection matches every request, as it does on most hits. */
    private final boolean unconditional;

    private VarySelection(
            List<String> names, List<List<String>> values, @Nullable SelectedCoding coding, Extent extent) {
        this.names = names;
        this.values = values;
        this.normal = values.stream().map(VarySelection::normal).toList();
        this.coding = coding;
        this.extent = extent;
        this.unconditional = names.isEmpty() && coding == null && extent == Extent.NAMED;
    }

    /** Returns the selection of a response with these fields to a request with those, by the rules of HTTP. */
    public static VarySelection of(HttpHeaders response, HttpHeaders request) {
        Vary vary = Vary.of(response);
        return vary.matchesNoRequest()
                ? new VarySelection(List.of(), List.of(), null, Extent.BEYOND)
                : named(vary, request);
    }

    /**
     * Returns the selection of a response whose lifetime the application sets, so that the original request always
     * selects it again. A {@code *} adds nothing to the names beside it. With too many names all fields of the request
     * count: these include at least the named ones.
     */
    public static VarySelection ofTtl(HttpHeaders response, HttpHeaders request) {
        if (response.allValues("vary").isEmpty()) {
            return ALL;
        }
        Vary vary = Vary.of(response);
        return vary.tooLong() ? ofEvery(request) : named(vary, request);
    }

    /** Returns the selection that matches only requests with exactly these fields. */
    public static VarySelection ofEvery(HttpHeaders request) {
        return new VarySelection(List.of(), List.of(), null, Extent.EVERY).forRequest(request);
    }

    private static VarySelection named(Vary vary, HttpHeaders request) {
        return vary.names().isEmpty()
                ? ALL
                : new VarySelection(vary.names(), List.of(), null, Extent.NAMED).forRequest(request);
    }

    /** Returns this selection, limited to requests that accept this content coding. */
    public VarySelection coded(SelectedCoding selected) {
        return extent == Extent.BEYOND ? this : new VarySelection(names, values, selected, extent);
    }

    /** Returns this selection with the values of this request. */
    public VarySelection forRequest(HttpHeaders request) {
        List<String> mine = extent == Extent.EVERY ? names(request) : names;
        if (mine.isEmpty() && names.isEmpty()) {
            return this;
        }
        List<List<String>> theirs = new ArrayList<>(mine.size());
        for (String name : mine) {
            theirs.add(request.allValues(name));
        }
        return new VarySelection(mine, theirs, coding, extent);
    }

    private static List<String> names(HttpHeaders request) {
        return request.map().keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
    }

    /**
     * Reports whether a cache may use the response for a request with these fields. Allocates nothing when the lines
     * are equal.
     */
    public boolean matches(HttpHeaders request) {
        if (unconditional) {
            return true;
        }
        if (extent == Extent.BEYOND || !sameFields(request)) {
            return false;
        }
        return coding == null || coding.acceptedBy(request);
    }

    /** Reports whether the request has the fields that Vary requires, for any accepted codings. */
    private boolean sameFields(HttpHeaders request) {
        if (extent == Extent.EVERY && request.map().size() != names.size()) {
            return false;
        }
        for (int i = 0; i < names.size(); i++) {
            List<String> mine = values.get(i);
            List<String> theirs = request.allValues(names.get(i));
            boolean onlyOneHasIt = mine.isEmpty() != theirs.isEmpty(); // an empty field differs from an absent one
            if (onlyOneHasIt || !(equal(mine, theirs) || normal.get(i).equals(normal(theirs)))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reports whether only the coding excludes the response for this request; the key of a flight does not include the
     * coding.
     */
    public boolean codedOtherwise(HttpHeaders request) {
        return coding != null && extent != Extent.BEYOND && sameFields(request) && !coding.acceptedBy(request);
    }

    /** Reports whether Vary distinguishes requests. */
    public boolean varies() {
        return !names.isEmpty() || extent == Extent.EVERY;
    }

    /** Compares two lists as {@link List#equals} does, without its iterators. */
    static boolean equal(List<String> mine, List<String> theirs) {
        boolean equal = mine.size() == theirs.size();
        for (int i = 0; equal && i < mine.size(); i++) {
            equal = mine.get(i).equals(theirs.get(i));
        }
        return equal;
    }

    /** Returns the names and the normal values as one value, equal for requests that select equal responses. */
    public Object fingerprint() {
        TreeMap<String, String> fields = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            fields.put(names.get(i), values.get(i).isEmpty() ? "" : '=' + normal.get(i));
        }
        return fields;
    }

    /** Returns an estimate of the heap of the values, in bytes: most selections are one instance for many responses. */
    int weight() {
        int weight = 0;
        for (int i = 0; i < names.size(); i++) {
            for (String value : values.get(i)) {
                weight += 50 + 2 * value.length();
            }
        }
        return weight;
    }

    /** Reports whether the other selection matches the same requests, line by line. */
    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof VarySelection other
                && extent == other.extent
                && names.equals(other.names)
                && values.equals(other.values)
                && Objects.equals(coding, other.coding);
    }

    @Override
    public int hashCode() {
        return Objects.hash(names, values, coding, extent);
    }

    /**
     * Joins several lines into one and removes the white space round the commas; RFC 9111 §4.1 allows a cache to treat
     * such lines as equal. A quoted text stays as it is. A line break separates the members: unlike a comma, it occurs
     * in no member.
     */
    static String normal(List<String> lines) {
        return String.join("\n", ListField.members(lines));
    }
}
