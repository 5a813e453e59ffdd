package dev.fetchonce.internal.http;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Which request fields make a request one of its own: the credentials (Authorization and Cookie), and the key headers
 * whatever the origin says in Vary. Their values enter the key as a keyed hash only. Immutable and thread-safe.
 */
public final class KeyFields {
    private static final List<String> CREDENTIALS = List.of("authorization", "cookie");

    private final List<String> names;
    private final SecretKeySpec secret;
    private final HttpHeaders plain;
    private final String plainHash;

    /**
     * Makes the rule.
     *
     * @param keyHeaders the key headers
     * @param secret the key of the hash: at least 16 random bytes, never stored anywhere
     * @param plain the fields that the cache itself sends with every request: a request with just these needs no hash
     */
    public KeyFields(List<String> keyHeaders, byte[] secret, HttpHeaders plain) {
        TreeSet<String> sorted = new TreeSet<>(CREDENTIALS);
        keyHeaders.forEach(name -> sorted.add(name.toLowerCase(Locale.ROOT)));
        this.names = List.copyOf(sorted);
        this.secret = new SecretKeySpec(secret, "HmacSHA256");
        this.plain = plain;
        this.plainHash = hash(plain);
    }

    /** The key for a request to that target with these fields. */
    public CacheKey key(Target target, HttpHeaders headers) {
        if (headers.equals(plain)) {
            return CacheKey.plain(target);
        }
        String hash = hash(headers);
        return hash.equals(plainHash) ? CacheKey.plain(target) : CacheKey.of(target, hash);
    }

    private String hash(HttpHeaders headers) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            for (String name : names) {
                List<String> values = headers.allValues(name);
                if (!values.isEmpty()) {
                    // a length before each part: two different lists of fields never run together into one input
                    part(mac, name);
                    part(mac, CREDENTIALS.contains(name) ? String.join("\n", values) : Selection.normal(values));
                }
            }
            return HexFormat.of().formatHex(mac.doFinal(), 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static void part(Mac mac, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        mac.update(bytes);
    }
}
