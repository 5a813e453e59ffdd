package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.message.TargetUri;

/**
 * The key of a stored response: its URL and, for a request with distinguishing fields, a keyed hash of these fields
 * (RFC 9111 §2, §4.1).
 *
 * @param url the normal form of the target URL
 * @param common the key, as one string, of responses that all callers with the same key headers may have. For a request
 *     as the cache itself would send it, this is the URL itself
 * @param text the key as one string: the common one, or a separate one for a request with credentials. The lookup of a
 *     plain request can use the caller's own string without any computation
 * @param user the hash of the credentials alone, without key headers; empty for a request without credentials of its own
 */
public record CacheKey(String url, String common, String text, String user) {
    /** The suffix of a key of parts; no hash looks like this. */
    private static final String OF_PARTS = " parts";

    /** Returns the key of a request as the cache itself would send it. */
    public static CacheKey plain(TargetUri target) {
        return new CacheKey(target.text(), target.text(), target.text(), "");
    }

    /**
     * Returns the key of a request from the hash of its key headers, the hash that includes its credentials, and the hash
     * of its credentials alone. A hash is empty for a request that needs no hash. A URL holds no blank, so no URL can equal such a key.
     */
    static CacheKey of(TargetUri target, String headers, String all, String user) {
        return new CacheKey(target.text(), text(target, headers), text(target, all), user);
    }

    private static String text(TargetUri target, String hash) {
        return hash.isEmpty() ? target.text() : target.text() + ' ' + hash;
    }

    /** Returns the key of responses that all callers may have. */
    public CacheKey forAll() {
        return new CacheKey(url, common, common, "");
    }

    /** Returns the key of a response with this placement. */
    public CacheKey of(Validity.Placement placement) {
        return switch (placement) {
            case PARTITION -> this;
            case COMMON -> forAll();
        };
    }

    /** Returns the key of the stored parts of a response that is not stored whole. */
    public CacheKey ofParts() {
        return new CacheKey(url, common + OF_PARTS, text + OF_PARTS, user);
    }

    /** Reports whether the request has credentials, so that its response is not for all callers. */
    public boolean personal() {
        return !text.equals(common);
    }

    /** Reports whether the text is more than the URL. */
    public boolean partitioned() {
        return text.length() != url.length();
    }

    /** Returns the name of the URL, which has no query ({@link TargetUri#name(String)}). */
    @Override
    public String toString() {
        return TargetUri.name(url);
    }
}
