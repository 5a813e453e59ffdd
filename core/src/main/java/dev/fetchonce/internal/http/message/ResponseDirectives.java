package dev.fetchonce.internal.http.message;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a response tells a cache to do (RFC 9111 §5.2.2, RFC 5861, RFC 8246). All numbers are seconds from 0 to
 * 2<sup>31</sup>; of a directive that comes twice the first one counts, and of {@code no-cache} and {@code private} all.
 *
 * @param maxAge the freshness lifetime; 0 when the directive makes no sense
 * @param sMaxage the same for shared caches
 * @param noStore whether it must not be stored
 * @param noCache what must not be used without asking the origin
 * @param isPrivate what a shared cache must not store
 * @param isPublic whether any cache may store it
 * @param mustRevalidate whether it must not be used when stale
 * @param proxyRevalidate the same for shared caches
 * @param mustUnderstand whether it may be stored only by those who understand its status code
 * @param immutable whether it does not change while it is fresh
 * @param staleWhileRevalidate for how long past its lifetime it may be used while it is validated
 * @param staleIfError for how long past its lifetime it may be used in the place of an error
 * @param targeted whether a targeted field took the place of Cache-Control and Expires (RFC 9213 §2.2)
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
     * Reads the first targeted field that is valid and says something, else Cache-Control. Nothing is thrown.
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
     * RFC 9213 §2.1: true is a directive without an argument, and a number is an Integer; of another type it makes no sense,
     * even where its text is one.
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
