package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The conditions of a revalidation (RFC 9111 §4.3.1) and what a 304 confirms (§4.3.3, §4.3.4). Pure functions. */
public final class Validators {
    private Validators() {}

    /** The precondition fields that validate this response; empty when it has no validators. */
    public static Map<String, String> conditions(StoredResponse stored) {
        Map<String, String> conditions = new LinkedHashMap<>();
        stored.headers().firstValue("etag").ifPresent(tag -> conditions.put("If-None-Match", tag));
        stored.headers().firstValue("last-modified").ifPresent(date -> conditions.put("If-Modified-Since", date));
        return conditions;
    }

    /**
     * Whether a 304 with these fields speaks of the stored response: it does unless it carries an entity tag that is not
     * the stored one by the weak comparison of RFC 9110 §8.8.3.2.
     */
    public static boolean confirms(HttpHeaders notModified, StoredResponse stored) {
        Optional<String> theirs = notModified.firstValue("etag").map(Validators::opaque);
        return theirs.isEmpty()
                || theirs.equals(stored.headers().firstValue("etag").map(Validators::opaque));
    }

    private static String opaque(String tag) {
        String stripped = tag.strip();
        return stripped.startsWith("W/") ? stripped.substring(2) : stripped;
    }
}
