package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.ListField;
import dev.fetchonce.internal.http.message.SingleField;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/** What an answer to HEAD says about the stored answer to GET (RFC 9111 §4.3.5). */
public enum HeadUpdate {
    /** It still holds: the fields update it ({@link StoredFields#freshened}). */
    UPDATE,
    /** It is another one by now: what is stored is taken for stale. */
    STALE,
    /** Nothing. */
    NONE;

    /**
     * Judges. What the answer does not have is not compared.
     *
     * @param status the status code of the answer; only a 200 says anything
     * @param head its fields
     * @param stored what a GET with the fields of that request would select
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
     * The length of what is stored is that of its body: Content-Length need not have come with it. Beside a Transfer-Encoding,
     * which a HEAD may have too, it says nothing (RFC 9112 §6.1, §6.3).
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
