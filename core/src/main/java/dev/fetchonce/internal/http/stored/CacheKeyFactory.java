package dev.fetchonce.internal.http.stored;

import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The rule that makes the key of a request. Two groups of request fields distinguish keys. The first is the
 * credentials: Authorization and Cookie, or the application's own function. The second is the key headers, for any Vary
 * of the origin. Their values enter the key only as a keyed hash. Immutable and thread-safe.
 */
public final class CacheKeyFactory {
    private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);

    private final List<String> names;
    private final Function<HttpHeaders, String> partition;
    private final SecretKeySpec secret;
    private final HttpHeaders defaultHeaders;
    private final String defaultHash;
    private final String defaultPartition;

    /**
     * Makes the rule.
     *
     * @param keyHeaders the key headers
     * @param partition the function that returns the partition of a request; code of the application, or
     *     {@link #credentials}
     * @param secret the key of the hash: at least 16 random bytes, never stored
     * @param defaultHeaders the fields that the cache itself sends with every request: a request with exactly
     *     these needs no hash
     */
    public CacheKeyFactory(
            List<String> keyHeaders,
            Function<HttpHeaders, String> partition,
            byte[] secret,
            HttpHeaders defaultHeaders) {
        TreeSet<String> sorted = new TreeSet<>();
        keyHeaders.forEach(name -> sorted.add(name.toLowerCase(Locale.ROOT)));
        this.names = List.copyOf(sorted);
        this.partition = partition;
        this.secret = new SecretKeySpec(secret, "HmacSHA256");
        this.defaultHeaders = defaultHeaders;
        this.defaultPartition = partition(partition, defaultHeaders);
        this.defaultHash = hash(defaultHeaders, defaultPartition);
    }

    /**
     * Returns the values of Authorization and Cookie as one string; different values give different strings. Without a
     * value the string is empty.
     */
    public static String credentials(HttpHeaders headers) {
        StringBuilder all = new StringBuilder();
        credential(all, headers.allValues("authorization"), "a");
        credential(all, headers.allValues("cookie"), "c");
        return all.toString();
    }

    private static void credential(StringBuilder all, List<String> values, String name) {
        if (!values.isEmpty()) {
            String value = String.join("\n", values); // no value can hold this separator
            all.append(name).append(value.length()).append(' ').append(value);
        }
    }

    /** Returns the key of a request to that target with these fields. */
    public CacheKey key(TargetUri target, HttpHeaders headers) {
        if (headers.equals(defaultHeaders)) {
            return CacheKey.plain(target);
        }
        String mine = partition(partition, headers);
        boolean personal = !mine.equals(defaultPartition);
        if (!personal && likeDefaults(headers)) {
            return CacheKey.plain(target);
        }
        String common = emptyIfDefault(hash(headers, defaultPartition));
        if (!personal) {
            return CacheKey.of(target, common, common, "");
        }
        String all = hash(headers, mine);
        return CacheKey.of(target, common, all, names.isEmpty() ? all : hash(NO_HEADERS, mine));
    }

    private static String partition(Function<HttpHeaders, String> partition, HttpHeaders headers) {
        @Nullable String mine = partition.apply(headers);
        if (mine == null) {
            throw new IllegalStateException(
                    "the partitionBy function of this cache returned null; it must return a text, which may be empty");
        }
        return mine;
    }

    private boolean likeDefaults(HttpHeaders headers) {
        for (String name : names) {
            if (!headers.allValues(name).equals(defaultHeaders.allValues(name))) {
                return false;
            }
        }
        return true;
    }

    private String emptyIfDefault(String hash) {
        return hash.equals(defaultHash) ? "" : hash;
    }

    private String hash(HttpHeaders headers, String part) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            part(mac, part);
            for (String name : names) {
                List<String> values = headers.allValues(name);
                if (!values.isEmpty()) {
                    // a length before each part: two different lists of fields never give one and the same input
                    part(mac, name);
                    part(mac, VarySelection.normal(values));
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
