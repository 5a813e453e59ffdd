package dev.fetchonce.internal.http.coding;

import java.util.List;

/**
 * The content codings of a body, and the decoders that undo them (RFC 9110 §8.4). Immutable. {@link ContentCodings#of}
 * returns a shared instance for a body with no coding or with a single known one.
 *
 * @param codings the decoders
 * @param names in the order in which the codings were applied; empty for a body without a coding
 */
public record AppliedCodings(ContentCodings codings, List<String> names) {
    /** Reports whether the cache can undo each of the codings, provided that the body is valid. */
    public boolean understood() {
        return codings.understands(names);
    }

    /** Reports whether the cache can undo the codings without a decoder of the application. */
    public boolean builtIn() {
        return names.stream().allMatch(ContentCodings::builtIn);
    }

    /**
     * Undoes the codings.
     *
     * @throws ContentCodings.CodingException as {@link ContentCodings#decode}
     */
    public byte[] undone(byte[] body) throws ContentCodings.CodingException {
        return codings.decode(body, names);
    }
}
