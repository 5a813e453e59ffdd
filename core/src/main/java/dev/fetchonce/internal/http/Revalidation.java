package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way in which the stored responses of a URL are revalidated (RFC 9111 §4.3.1), by what its origin has made of conditions
 * so far. A slot remembers it, so that an origin whose answers to conditions are of no use costs one request in vain.
 */
public enum Revalidation {
    /** By all validators that there are. */
    BY_TAG,

    /** By Last-Modified alone: the entity tags of the 304s are not those of the responses that they confirm. */
    BY_DATE,

    /** Without conditions: the answers to them cannot be read, or speak of something else. */
    UNCONDITIONAL;

    /** The later of both: what has been found out once holds on. */
    public Revalidation and(Revalidation other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /**
     * The precondition fields of a request, by name; empty for none.
     *
     * @param selected what the request selects, or null when it selects nothing that is stored
     * @param candidates the stored responses about which it may ask
     */
    public Map<String, String> conditions(@Nullable StoredResponse selected, List<StoredResponse> candidates) {
        return switch (this) {
            case BY_TAG -> Validators.conditions(selected, candidates);
            case BY_DATE -> selected == null ? Map.of() : Validators.byDate(selected);
            case UNCONDITIONAL -> Map.of();
        };
    }

    /**
     * The stored responses about which these {@link #conditions} ask.
     *
     * @param selected what the request selects, or null when it selects nothing that is stored
     * @param candidates the stored responses about which it may ask
     */
    public List<StoredResponse> askedAbout(@Nullable StoredResponse selected, List<StoredResponse> candidates) {
        return switch (this) {
            case BY_TAG -> candidates;
            case BY_DATE -> selected == null ? List.of() : List.of(selected);
            case UNCONDITIONAL -> List.of();
        };
    }

    /**
     * The responses that a 304 confirms.
     *
     * @param notModified the fields of the 304
     * @param askedAbout those about which the request has asked
     */
    public List<StoredResponse> confirmed(HttpHeaders notModified, List<StoredResponse> askedAbout) {
        List<StoredResponse> selected = Validators.selected(notModified, askedAbout);
        return selected.isEmpty() && this == BY_DATE ? Validators.dated(notModified, askedAbout) : selected;
    }

    /**
     * The way to ask from now on, after a 304 that confirms none of the responses about which the request has asked. Their
     * Last-Modified is of use where that 304 has it as well.
     */
    public Revalidation afterOther(HttpHeaders notModified, List<StoredResponse> askedAbout) {
        boolean dated = !Validators.dated(notModified, askedAbout).isEmpty();
        return this == BY_TAG && dated ? BY_DATE : UNCONDITIONAL;
    }
}
