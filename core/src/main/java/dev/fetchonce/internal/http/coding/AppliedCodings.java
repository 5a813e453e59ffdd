package dev.fetchonce.internal.http.coding;

import java.util.List;

/**
 * The content codings of a body, and what undoes them (RFC 9110 §8.4). Immutable; {@link ContentCodings#of} gives the same one
 * for whatever is usual.
 *
 * @param codings what undoes them
 * @param names in the order in which they were applied; empty for none
 */
public record AppliedCodings(ContentCodings codings, List<String> names) {
    public boolean none() {
        return names.isEmpty();
    }

    /** Whether each of them can be undone, if the body is sound. */
    public boolean understood() {
        return codings.understands(names);
    }

    /** Whether no decoder of the application is needed to undo them. */
    public boolean builtIn() {
        return names.stream().allMatch(ContentCodings::builtIn);
    }

    /**
     * Undoes them.
     *
     * @throws ContentCodings.CodingException as {@link ContentCodings#decode}
     */
    public byte[] undone(byte[] body) throws ContentCodings.CodingException {
        return codings.decode(body, names);
    }
}
