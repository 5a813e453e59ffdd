package dev.fetchonce.internal.backoff;

/**
 * The places that may hold back one request.
 *
 * @param key the text of the key: the URL with its partition
 * @param url the URL alone
 * @param origin the name of the origin
 * @param user the hash of the credentials; empty without credentials of its own
 */
public record BackoffKey(String key, String url, String origin, String user) {
    /** Returns the URL of the key with this text: a URL holds no blank, and the partition follows the first blank. */
    static String urlOf(String text) {
        int blank = text.indexOf(' ');
        return blank < 0 ? text : text.substring(0, blank);
    }

    /** Returns the name of the user at the origin. */
    String userAtOrigin() {
        return user.isEmpty() ? origin : origin + ' ' + user;
    }

    /** Returns the origin alone: the query of the URL may hold secrets. */
    @Override
    public String toString() {
        return "a request to " + origin;
    }
}
