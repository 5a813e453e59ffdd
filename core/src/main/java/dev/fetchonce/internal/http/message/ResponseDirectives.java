package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The cache directives of a response (RFC 9111 §5.2.2, RFC 5861, RFC 8246). All numbers are seconds from 0 to
 * 2<sup>31</sup>. Of a repeated directive the first one counts; of {@code no-cache} and {@code private} all count.
 *
 * @param maxAge the freshness lifetime; 0 when the directive has no valid number
 * @param sMaxage the freshness lifetime in a shared cache; 0 when the directive has no valid number
 * @param noStore whether a cache must not store the response
 * @param noCache the part that a cache must not use without asking the origin
 * @param isPrivate the part that a shared cache must not store
 * @param isPublic whether any cache may store the response
 * @param mustRevalidate whether a cache must not use the response when it is stale
 * @param proxyRevalidate whether a shared cache must not use the response when it is stale
 * @param mustUnderstand whether only a cache that understands the status code may store the response
 * @param immutable whether the response does not change while it is fresh
 * @param staleWhileRevalidate the time past the lifetime in which a cache may use the response while it validates it
 * @param staleIfError the time past the lifetime in which a cache may use the response in the place of an error
 * @param targeted whether a targeted field replaced Cache-Control and Expires (RFC 9213 §2.2)
 */
public record ResponseDirectives(
        OptionalLong maxAge,
        OptionalLong sMaxage,
        boolean noStore,
        FieldScope noCache,
        FieldScope isPrivate,
        boolean isPublic,
        boolean mustRevalidate,
        boolean proxyRevalidate,
        boolean mustUnderstand,
        boolean immutable,
        OptionalLong staleWhileRevalidate,
        OptionalLong staleIfError,
        boolean targeted) {

    /**
     * Reads the first targeted field that is valid and not empty, else the Cache-Control field. This method throws
     * nothing.
     *
     * @param targetedFields the names of the targeted fields, the most applicable first
     */
    public static ResponseDirectives of(HttpHeaders response, List<String> targetedFields) {
        for (String name : targetedFields) {
            Optional<Map<String, StructuredDictionary.Value>> field =
                    StructuredDictionary.parse(response.allValues(name));
            if (field.isPresent() && !field.get().isEmpty()) {
                return of(targeted(field.get()), true);
            }
        }
        return of(Directives.parse(response.allValues("cache-control")), false);
    }

    private static ResponseDirectives of(Directives directives, boolean targeted) {
        return new ResponseDirectives(
                directives.lifetime("max-age"),
                directives.lifetime("s-maxage"),
                directives.has("no-store"),
                FieldScope.of(directives.named("no-cache")),
                FieldScope.of(directives.named("private")),
                directives.has("public"),
                directives.has("must-revalidate"),
                directives.has("proxy-revalidate"),
                directives.has("must-understand"),
                directives.has("immutable"),
                directives.seconds("stale-while-revalidate"),
                directives.seconds("stale-if-error"),
                targeted);
    }

    /**
     * Converts the members of a targeted field to directives (RFC 9213 §2.1). True is a directive without an argument,
     * and a number must be an Integer. A number of another type is invalid, even where its text is a number.
     */
    private static Directives targeted(Map<String, StructuredDictionary.Value> field) {
        List<Directives.Directive> all = new ArrayList<>();
        field.forEach((name, value) -> {
            switch (value) {
                case StructuredDictionary.Flag flag -> {
                    if (flag.on()) {
                        all.add(new Directives.Directive(name, null));
                    }
                }
                case StructuredDictionary.Whole whole ->
                    all.add(new Directives.Directive(name, Long.toString(whole.number())));
                case StructuredDictionary.Text text ->
                    all.add(new Directives.Directive(
                            name, DeltaSeconds.parse(text.text()).isPresent() ? "" : text.text()));
                case StructuredDictionary.Other other -> all.add(new Directives.Directive(name, ""));
            }
        });
        return new Directives(all);
    }
}
