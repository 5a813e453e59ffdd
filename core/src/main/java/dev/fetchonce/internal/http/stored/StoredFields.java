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

/** Which response fields are kept (RFC 9111 §3.1) and which of them a 304 replaces (RFC 9111 §3.2). Pure functions. */
public final class StoredFields {
    /**
     * RFC 9110 §7.6.1 and the proxy fields of RFC 9111 §3.1: they speak of one connection, not of the response. And what
     * the JDK's client leaves among the fields of an HTTP/2 response although it is none: a 304 would bring its own.
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
     * What the stored body depends upon: it stays as it came, and so do the fields by which it is read. RFC 9111 §3.2 names
     * Content-Length and Content-Range, and leaves the others to a cache that keeps what it has decoded.
     */
    private static final Set<String> OF_THE_BODY =
            Set.of("content-encoding", "content-length", "content-range", "content-type");

    private StoredFields() {}

    /**
     * All fields but those of one connection, and the status, which with HTTP/2 comes among them. A Cache-Status of caches
     * further up is kept: the answer appends to it.
     */
    public static HttpHeaders kept(HttpHeaders received) {
        return kept(received, Set.of());
    }

    /**
     * The same, without some fields.
     *
     * @param without the names, in any case: what {@link Storability.Stored#without} says
     * @return the very fields received where there is nothing to leave out
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
     * What is shown of an answer with such a status: of a 407, which is never stored, its challenge as well, as whoever gets it
     * has to meet that (RFC 9110 §11.7.1).
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
        List<String> ofThisConnection = ListField.tokens(received.allValues("connection"));
        if (ofThisConnection.isEmpty() && without.isEmpty()) {
            return DROPPED;
        }
        Set<String> dropped = new HashSet<>(DROPPED);
        without.forEach(name -> dropped.add(name.toLowerCase(Locale.ROOT)));
        ofThisConnection.forEach(name -> dropped.add(name.toLowerCase(Locale.ROOT)));
        return dropped;
    }

    /**
     * The stored fields, replaced by those of a 304, or of an answer to HEAD, where it has any. What the stored body depends
     * upon stays; a stored Age goes, as it was that of an older answer. A weak entity tag does not become a strong one: what
     * was weakened on its way need not be the same bytes. Nor does a tag become another one: that of a 304 which confirms by
     * its date may be the tag of another coding.
     *
     * <p>What the merged fields say is not to be stored (RFC 9111 §5.2.2.4, §5.2.2.7) is theirs to say: {@link
     * #kept(HttpHeaders, Set)} leaves it out.
     */
    public static HttpHeaders freshened(HttpHeaders stored, HttpHeaders notModified) {
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(stored.map());
        fields.remove("age");
        kept(notModified).map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!OF_THE_BODY.contains(lower) && !(lower.equals("etag") && keepsItsTag(stored, notModified))) {
                fields.remove(name); // so that the 304's spelling of the name wins together with its values
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
