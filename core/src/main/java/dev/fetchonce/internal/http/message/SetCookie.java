package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.Set;

/** The response fields that open a session for the one who asked (RFC 6265 §4.1, RFC 2965 §3.2.2). Pure functions. */
public final class SetCookie {
    /** Their names, in lower case. */
    public static final Set<String> NAMES = Set.of("set-cookie", "set-cookie2");

    private SetCookie() {}

    /** Whether a response has one of them. */
    public static boolean isIn(HttpHeaders response) {
        return NAMES.stream().anyMatch(name -> response.firstValue(name).isPresent());
    }
}
