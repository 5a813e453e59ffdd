package dev.fetchonce;

import java.io.IOException;
import java.io.InputStream;

/**
 * A decoder of a body, with any library: {@code jackson2::readTree},
 * {@code in -> gson.fromJson(new InputStreamReader(in, UTF_8), Config.class)}.
 *
 * @param <T> the type of the values
 */
@FunctionalInterface
public interface BodyDecoder<T> {
    /**
     * Returns the value of one body. It runs on the calling thread, once for every call of
     * {@link CachedResponse#decode}.
     *
     * @param body the bytes of the body from the first on; need be neither closed nor read to the end
     * @return the value
     * @throws IOException when the bytes are malformed
     */
    T decode(InputStream body) throws IOException;
}
