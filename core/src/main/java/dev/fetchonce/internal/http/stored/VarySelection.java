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
 * For which requests a response was selected: the request fields its {@code Vary} names, with the values they had
 * (RFC 9111 §4.1, RFC 9110 §12.5.5). Immutable.
 */
public final class VarySelection {
    /** Which fields of a request have a say. */
    private enum Extent {
        /** Those with these names. */
        NAMED,
        /** All that the request has: the names are those of the request that it was selected for. */
        EVERY,
        /** Something beyond the fields: no request ever matches. */
        BEYOND
    }

    private static final VarySelection ALL = new VarySelection(List.of(), List.of(), null, Extent.NAMED);

    private final List<String> names;
    private final List<List<String>> values;

    /** The same, each in its normal form. */
    private final List<String> normal;

    private final @Nullable SelectedCoding coding;
    private final Extent extent;

    /** Whether it is for every request, as it is on most hits. */
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

    /** The selection of a response with these fields to a request with those, as HTTP has it. */
    public static VarySelection of(HttpHeaders response, HttpHeaders request) {
        Vary vary = Vary.of(response);
        return vary.matchesNoRequest()
                ? new VarySelection(List.of(), List.of(), null, Extent.BEYOND)
                : named(vary, request);
    }

    /**
     * The selection of a response that its request selects again in any case, where the application says how long it is
     * fresh. A {@code *} adds nothing to the names beside it. Where there are too many names, all fields of the request
     * count: those are at least the ones that are named.
     */
    public static VarySelection ofTtl(HttpHeaders response, HttpHeaders request) {
        Vary vary = Vary.of(response);
        return vary.tooLong() ? ofEvery(request) : named(vary, request);
    }

    /** The selection of a response to a request with these fields, for requests only that have equal ones. */
    public static VarySelection ofEvery(HttpHeaders request) {
        return new VarySelection(List.of(), List.of(), null, Extent.EVERY).forRequest(request);
    }

    private static VarySelection named(Vary vary, HttpHeaders request) {
        return vary.names().isEmpty()
                ? ALL
                : new VarySelection(vary.names(), List.of(), null, Extent.NAMED).forRequest(request);
    }

    /** The same, for requests only that accept its content coding. */
    public VarySelection coded(SelectedCoding selected) {
        return extent == Extent.BEYOND ? this : new VarySelection(names, values, selected, extent);
    }

    /** The same fields with the values of this request. */
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

    /** Whether the response may be used for a request with these fields. Allocates nothing when the lines are equal. */
    public boolean matches(HttpHeaders request) {
        if (unconditional) {
            return true;
        }
        if (extent == Extent.BEYOND || !sameFields(request)) {
            return false;
        }
        return coding == null || coding.acceptedBy(request);
    }

    /** Whether the request has what its Vary asks for, whatever codings it accepts. */
    private boolean sameFields(HttpHeaders request) {
        if (extent == Extent.EVERY && request.map().size() != names.size()) {
            return false;
        }
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
        return coding != null && extent != Extent.BEYOND && sameFields(request) && !coding.acceptedBy(request);
    }

    /** Whether its Vary tells requests apart. */
    public boolean varies() {
        return !names.isEmpty() || extent == Extent.EVERY;
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
     * Several lines as one, and no white space round the commas: what RFC 9111 §4.1 allows to be the same. What is quoted
     * stays as it is. A line break parts the members: unlike a comma, no member has one.
     */
    static String normal(List<String> lines) {
        return String.join("\n", ListField.members(lines));
    }
}
