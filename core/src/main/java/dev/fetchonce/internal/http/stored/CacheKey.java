package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.message.TargetUri;

/**
 * Under what a response is stored: its URL and, for a request with fields of its own, a keyed hash of these
 * (RFC 9111 §2, §4.1).
 *
 * @param url the normal form of the target URL
 * @param common the key, as one string, of what may be given to everybody who sends the same key headers: the URL itself for
 *     a request as the cache would send it
 * @param text the key as one string: the common one, or one of its own for a request with credentials. A caller's own
 *     string so finds an answer without any computation
 */
public record CacheKey(String url, String common, String text) {
    /** No hash looks like this. */
    private static final String OF_PARTS = " parts";

    /** The key of a request as the cache itself would send it. */
    public static CacheKey plain(TargetUri target) {
        return new CacheKey(target.text(), target.text(), target.text());
    }

    /**
     * The key of a request whose key headers hash to one string and, with its credentials, to another; empty where it has
     * none of its own. A URL holds no blank, so no URL can equal such a key.
     */
    static CacheKey of(TargetUri target, String headers, String all) {
        return new CacheKey(target.text(), text(target, headers), text(target, all));
    }

    private static String text(TargetUri target, String hash) {
        return hash.isEmpty() ? target.text() : target.text() + ' ' + hash;
    }

    /** The key of what everybody may have. */
    public CacheKey forAll() {
        return new CacheKey(url, common, common);
    }

    /** The key of what is placed so. */
    public CacheKey of(Validity.Placement placement) {
        return switch (placement) {
            case PARTITION -> this;
            case COMMON -> forAll();
        };
    }

    /** The key of the parts of what is not stored whole. */
    public CacheKey ofParts() {
        return new CacheKey(url, common + OF_PARTS, text + OF_PARTS);
    }

    /** Whether the request has credentials, so that what answers it is not for everybody. */
    public boolean personal() {
        return !text.equals(common);
    }

    /** Whether the text is more than the URL. */
    public boolean partitioned() {
        return text.length() != url.length();
    }

    /** Names the URL up to its query, which may hold secrets. */
    @Override
    public String toString() {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
