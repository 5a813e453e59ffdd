package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored responses that a fetch can validate, and the kind of conditional request for that (RFC 9111 §4.3).
 *
 * @param pinned the stored response that answers the request once it is confirmed, or null; the fetch keeps it even if
 *     the store evicts it meanwhile
 * @param variants all stored responses of the URL that may be given to the caller
 * @param way the kind of conditional request that this fetch sends
 * @param next the kind of conditional request for the next fetch, which the store remembers with the response
 */
record Validation(@Nullable StoredResponse pinned, List<StoredResponse> variants, Revalidation way, Revalidation next) {
    /**
     * Returns the validation after conditions that were in vain: this fetch sends no further conditions.
     *
     * @param later the kind of conditional request for the next fetch
     */
    Validation inVain(Revalidation later) {
        return new Validation(pinned, variants, Revalidation.UNCONDITIONAL, later);
    }
}
