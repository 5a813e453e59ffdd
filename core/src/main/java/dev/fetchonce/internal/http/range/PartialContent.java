package dev.fetchonce.internal.http.range;

import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a response that is not stored whole (RFC 9111 §3.3, §3.4). Each part is a stored response with status 206
 * and one Content-Range. The cache combines two parts with an equal strong entity tag and no gap between them. Pure
 * functions.
 */
public final class PartialContent {
    private PartialContent() {}

    /**
     * Reports whether the cache can keep a 206: it has one range, its whole range, and a strong entity tag that
     * identifies the whole.
     */
    public static boolean keepable(StoredResponse answered) {
        Optional<ContentRange> range = range(answered);
        return range.isPresent()
                && range.get().size() == answered.representation().length()
                && answered.entityTag()
                        .filter(tag -> tag.kind() == EntityTag.Kind.STRONG)
                        .isPresent();
    }

    /**
     * Returns the received part, combined with a stored part of the same whole where there is no gap between the two.
     *
     * @param stored another part that {@linkplain #keepable can be kept}, or null
     * @param arrived the received part, which can be kept
     */
    public static StoredResponse combined(@Nullable StoredResponse stored, StoredResponse arrived) {
        if (stored == null || !same(stored, arrived)) {
            return arrived;
        }
        ContentRange before = range(stored).orElseThrow();
        ContentRange now = range(arrived).orElseThrow();
        if (!before.touches(now)) {
            return arrived;
        }
        ContentRange both = before.with(now);
        byte[] bytes = new byte[(int) both.size()];
        copy(stored, before, both, bytes);
        copy(arrived, now, both, bytes); // overwrites the common bytes, because it is newer
        HttpHeaders merged = StoredFields.freshened(stored.headers(), arrived.headers());
        return arrived.with(206, both.headers(merged), bytes);
    }

    /** Returns the whole, where a part covers all of it. */
    public static Optional<StoredResponse> completed(StoredResponse part) {
        return range(part)
                .filter(ContentRange::whole)
                .map(range -> part.with(
                        200,
                        range.headersOfWhole(part.headers()),
                        part.representation().wire()));
    }

    /**
     * Returns the response to a request for a range, cut out of a stored part; empty where the part does not hold the
     * range, or where the request is not for one range.
     */
    public static Optional<StoredResponse> answer(HttpHeaders request, StoredResponse part) {
        ContentRange range = range(part).orElseThrow();
        ByteRange wanted = ByteRange.of(request, part, range.length());
        if (!(wanted instanceof ContentRange asked) || !range.holds(asked)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[(int) asked.size()];
        System.arraycopy(part.representation().wire(), (int) (asked.first() - range.first()), bytes, 0, bytes.length);
        return Optional.of(part.with(206, asked.headers(part.headers()), bytes));
    }

    private static boolean same(StoredResponse stored, StoredResponse arrived) {
        Optional<EntityTag> tag = arrived.entityTag();
        List<String> codings = arrived.values("content-encoding");
        return stored.entityTag()
                        .filter(its -> tag.isPresent() && its.strongly(tag.get()))
                        .isPresent()
                && stored.values("content-encoding").equals(codings);
    }

    private static void copy(StoredResponse part, ContentRange range, ContentRange into, byte[] bytes) {
        byte[] wire = part.representation().wire();
        System.arraycopy(wire, 0, bytes, (int) (range.first() - into.first()), wire.length);
    }

    private static Optional<ContentRange> range(StoredResponse part) {
        return part.status() == 206 ? ContentRange.of(part.headers()) : Optional.empty();
    }
}
