package dev.fetchonce;

import java.io.IOException;
import java.io.InputStream;

/**
 * Makes a value of a body, with whatever library one likes: {@code jackson2::readTree},
 * {@code in -> gson.fromJson(new InputStreamReader(in, UTF_8), Config.class)}.
 *
 * @param <T> the values
 */
@FunctionalInterface
public interface BodyDecoder<T> {
    /**
     * Decodes one body. Runs on the caller's thread, once for every call of {@link CachedResponse#decode}.
     *
     * @param body the bytes of the body, from the first; need not be closed, and need not be read to the end
     * @return the value
     * @throws IOException when the bytes are not what was expected
     */
    T decode(InputStream body) throws IOException;
}
