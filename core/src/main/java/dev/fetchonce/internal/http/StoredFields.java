package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

    private StoredFields() {}

    /** All fields but those of one connection, and the status, which with HTTP/2 comes among them. */
    public static HttpHeaders kept(HttpHeaders received) {
        return HttpHeaders.of(keptOf(received), (name, value) -> true);
    }

    /**
     * The stored fields, replaced by those of the 304 where it has any. What describes the stored body (Content-*, ETag)
     * stays, as the body does.
     */
    public static HttpHeaders freshened(HttpHeaders stored, HttpHeaders notModified) {
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(stored.map());
        keptOf(notModified).forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.startsWith("content-") && !lower.equals("etag")) {
                fields.remove(name); // so that the 304's spelling of the name wins together with its values
                fields.put(name, values);
            }
        });
        return HttpHeaders.of(fields, (name, value) -> true);
    }

    private static Map<String, List<String>> keptOf(HttpHeaders received) {
        TreeSet<String> dropped = new TreeSet<>(DROPPED);
        for (String name : ListField.tokens(received.allValues("connection"))) {
            dropped.add(name.toLowerCase(Locale.ROOT));
        }
        TreeMap<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        received.map().forEach((name, values) -> {
            if (!dropped.contains(name.toLowerCase(Locale.ROOT))) {
                fields.put(name, values);
            }
        });
        return fields;
    }
}
