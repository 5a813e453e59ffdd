package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.ListField;
import dev.fetchonce.internal.http.message.SingleField;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** The effect of a response to HEAD on the stored response to GET (RFC 9111 §4.3.5). */
public enum HeadUpdate {
    /** The stored response is still valid: the fields of the HEAD response update it ({@link StoredFields#freshened}). */
    UPDATE,
    /** The origin has another response now: the stored response counts as stale. */
    STALE,
    /** No effect. */
    NONE;

    /**
     * Returns the effect of a response. A field that it does not have is not compared.
     *
     * @param status the status code of the HEAD response; only a 200 has an effect
     * @param head the fields of the HEAD response
     * @param stored the stored response that a GET with the fields of that request would select
     */
    public static HeadUpdate of(int status, HttpHeaders head, StoredResponse stored) {
        if (status != 200) {
            return NONE;
        }
        return stored.status() == 200 && sameTag(head, stored) && sameDate(head, stored) && sameLength(head, stored)
                ? UPDATE
                : STALE;
    }

    private static boolean sameTag(HttpHeaders head, StoredResponse stored) {
        Optional<EntityTag> theirs = EntityTag.of(head);
        return theirs.isEmpty()
                || stored.entityTag().filter(theirs.get()::weakly).isPresent();
    }

    private static boolean sameDate(HttpHeaders head, StoredResponse stored) {
        Optional<String> theirs = SingleField.value(head, "last-modified");
        return theirs.isEmpty() || Validators.modifiedAt(stored, theirs.get());
    }

    /**
     * Reports whether the lengths are equal. The length of the stored response is that of its body: it need not have a
     * Content-Length. A Content-Length beside a Transfer-Encoding, which a HEAD response may also have, has no meaning
     * (RFC 9112 §6.1, §6.3).
     */
    private static boolean sameLength(HttpHeaders head, StoredResponse stored) {
        if (!head.allValues("transfer-encoding").isEmpty()) {
            return true;
        }
        String length = Integer.toString(stored.representation().length());
        List<String> theirs = ListField.tokens(head.allValues("content-length"));
        return theirs.stream().allMatch(length::equals);
    }
}
