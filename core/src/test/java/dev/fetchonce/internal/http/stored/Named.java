package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.fields;

import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Stored responses that carry their name in a field, so that a table can say which of them a set holds. */
public final class Named {
    private Named() {}

    /** Returns a success without Vary. */
    public static StoredResponse plain(String name) {
        return response(name, 200, fields("Name", name), fields(), Validity.Placement.PARTITION);
    }

    /** Returns a response without Vary to all callers. */
    public static StoredResponse common(String name) {
        return response(name, 200, fields("Name", name), fields(), Validity.Placement.COMMON);
    }

    /** Returns a response with this status. */
    public static StoredResponse answered(int status, String name) {
        HttpHeaders fields = status == 301 ? fields("Name", name, "Location", "/b") : fields("Name", name);
        return response(name, status, fields, fields(), Validity.Placement.PARTITION);
    }

    /** Returns a success that varies on the language, for a request in that language. */
    public static StoredResponse in(String language, String name) {
        return varied(200, language, name, Validity.Placement.PARTITION);
    }

    /** Returns a response that varies on the language, for a request in that language. */
    public static StoredResponse varied(int status, String language, String name, Validity.Placement placement) {
        return response(name, status, fields("Name", name, "Vary", "Accept-Language"), asked(language), placement);
    }

    /** Returns the fields of a request in that language. */
    public static HttpHeaders asked(String language) {
        return fields("Accept-Language", language);
    }

    private static StoredResponse response(
            String name, int status, HttpHeaders response, HttpHeaders request, Validity.Placement placement) {
        byte[] body = new byte[name.length()];
        return new StoredResponse(
                "http://h/",
                status,
                response,
                new Representation(body, fields(), new ContentCodings(1, Map.of())),
                VarySelection.of(response, request),
                new Validity(100, 0, 0, 0, 0, Validity.Staleness.ALLOWED, Validity.Sharing.ALWAYS, false, placement),
                0,
                Instant.EPOCH,
                ConnectionInfo.PLAIN);
    }

    /** Returns the names of the responses of a set, the newest first. */
    public static String names(@Nullable VariantSet set) {
        return set == null
                ? "nothing"
                : set.variants().stream()
                        .map(variant -> variant.values("name").getFirst())
                        .collect(Collectors.joining(", "));
    }
}
