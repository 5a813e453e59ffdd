package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.Set;

/** The response fields that set a cookie for one caller (RFC 6265 §4.1, RFC 2965 §3.2.2). Pure functions. */
public final class SetCookie {
    /** The names of these fields, in lower case. */
    public static final Set<String> NAMES = Set.of("set-cookie", "set-cookie2");

    private SetCookie() {}

    /** Reports whether a response has one of these fields. */
    public static boolean isIn(HttpHeaders response) {
        return NAMES.stream().anyMatch(name -> response.firstValue(name).isPresent());
    }
}
