package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.caching.Storability;
import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.ListField;
import java.net.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules that say which response fields are stored (RFC 9111 §3.1) and which of them a 304 replaces (RFC 9111 §3.2).
 * Pure functions.
 */
public final class StoredFields {
    /**
     * The fields that do not belong to the response: those of one connection (RFC 9110 §7.6.1) and the proxy fields of
     * RFC 9111 §3.1. The JDK's client also leaves the {@code :status} of HTTP/2 among the fields: a 304 would bring its
     * own.
     */
    private static final Set<String> DROPPED = Set.of(
            ":status",
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /**
     * The fields that describe the stored body, which stays as it arrived. RFC 9111 §3.2 names Content-Length and
     * Content-Range. It leaves the others to a cache that keeps decoded values.
     */
    private static final Set<String> OF_THE_BODY =
            Set.of("content-encoding", "content-length", "content-range", "content-type");

    private StoredFields() {}

    /**
     * Returns the fields to store: all but those of one connection, and the status, which HTTP/2 has among the fields.
     * A Cache-Status of caches further up is kept, because this cache appends to it.
     */
    public static HttpHeaders kept(HttpHeaders received) {
        return kept(received, Set.of());
    }

    /**
     * Returns the fields to store, without some further ones.
     *
     * @param without the names, in any case, from {@link Storability.Stored#without}
     * @return the received object itself when it has no field to leave out
     */
    public static HttpHeaders kept(HttpHeaders received, Set<String> without) {
        Set<String> dropped = dropped(received, without);
        for (String name : received.map().keySet()) {
            if (dropped.contains(name.toLowerCase(Locale.ROOT))) {
                return HttpHeaders.of(
                        received.map(), (each, value) -> !dropped.contains(each.toLowerCase(Locale.ROOT)));
            }
        }
        return received;
    }

    /**
     * Returns the fields to show of a response with such a status. A 407, which is never stored, also shows its
     * challenge, because the client has to meet it (RFC 9110 §11.7.1).
     */
    public static HttpHeaders shown(int status, HttpHeaders received) {
        HttpHeaders kept = kept(received);
        List<String> challenges = received.allValues("proxy-authenticate");
        if (status != 407 || challenges.isEmpty()) {
            return kept;
        }
        TreeMap<String, List<String>> shown = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        shown.putAll(kept.map());
        shown.put("proxy-authenticate", challenges);
        return HttpHeaders.of(shown, (name, value) -> true);
    }

    private static Set<String> dropped(HttpHeaders received, Set<String> without) {
        List<String> lines = received.allValues("connection");
        List<String> ofThisConnection = lines.isEmpty() ? List.of() : ListField.tokens(lines);
        if (ofThisConnection.isEmpty() && without.isEmpty()) {
            return DROPPED;
        }
        Set<String> dropped = new HashSet<>(DROPPED);
        without.forEach(name -> dropped.add(name.toLowerCase(Locale.ROOT)));
        ofThisConnection.forEach(name -> dropped.add(name.toLowerCase(Locale.ROOT)));
        return dropped;
    }

    /**
     * Returns the stored fields, replaced by those of a 304, or of a response to HEAD, that have any value. The fields
     * of the stored body stay. A stored Age is removed, because it belongs to an older response.
     *
     * <p>A weak entity tag does not become a strong one: a tag that was weakened on its way need not stand for equal
     * bytes. A tag does not become a different tag either: a 304 that confirms by its date may have the tag of another
     * coding.
     *
     * <p>The merged fields may exclude fields from storage (RFC 9111 §5.2.2.4, §5.2.2.7):
     * {@link #kept(HttpHeaders, Set)} leaves those out.
     */
    public static HttpHeaders freshened(HttpHeaders stored, HttpHeaders notModified) {
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(stored.map());
        fields.remove("age");
        kept(notModified).map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!OF_THE_BODY.contains(lower) && !(lower.equals("etag") && keepsItsTag(stored, notModified))) {
                fields.remove(name); // so that the 304's spelling of the name replaces the stored one together with the
                // values
                fields.put(name, values);
            }
        });
        return HttpHeaders.of(fields, (name, value) -> true);
    }

    private static boolean keepsItsTag(HttpHeaders stored, HttpHeaders notModified) {
        Optional<EntityTag> theirs = EntityTag.of(notModified);
        return theirs.isEmpty()
                || EntityTag.of(stored)
                        .filter(mine -> mine.kind() == EntityTag.Kind.WEAK || !mine.weakly(theirs.get()))
                        .isPresent();
    }
}
