package dev.fetchonce.internal.http;

/**
 * Under what a response is stored: its URL and, for a request with fields of its own, a keyed hash of these
 * (RFC 9111 §2, §4.1).
 *
 * @param url the normal form of the target URL
 * @param text the key as one string: the URL itself for a request as the cache would send it, so that a caller's own
 *     string finds it without any computation
 */
public record CacheKey(String url, String text) {
    /** The key of a request as the cache itself would send it. */
    public static CacheKey plain(Target target) {
        return new CacheKey(target.text(), target.text());
    }

    /** The key of a request whose own fields hash to this. A URL holds no blank, so no URL can equal such a key. */
    static CacheKey of(Target target, String hash) {
        return new CacheKey(target.text(), target.text() + ' ' + hash);
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
