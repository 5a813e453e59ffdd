package dev.fetchonce.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * Undoes one content coding (RFC 9110 §8.4.1) besides gzip and deflate, which are built in: {@code br} or {@code zstd}, with
 * a library of one's choice. The coding is then also asked for, in the Accept-Encoding field of every request.
 *
 * <p>Found by {@link java.util.ServiceLoader}, each time a cache is made, with the class loader that loaded this library: name
 * the class in {@code META-INF/services/dev.fetchonce.spi.ContentDecoder}, or in the {@code provides} of a module. It needs a
 * public constructor without parameters. A decoder that cannot be loaded is left out, and a warning logged.
 *
 * <p>Must be thread-safe: one instance serves all fetches of a cache and all who read a body, at the same time and on any
 * thread.
 */
public interface ContentDecoder {
    /**
     * The coding's name, as it stands in Accept-Encoding and Content-Encoding. Asked once for each cache.
     *
     * @return a token (RFC 9110 §5.6.2), such as {@code br}; upper and lower case are the same. One that is built in
     *     ({@code gzip}, {@code x-gzip}, {@code deflate}, {@code identity}), or that another decoder has as well, is refused
     *     when a cache is made, with an {@link IllegalStateException}
     */
    String coding();

    /**
     * Begins to decode one body. The cache reads from the stream no more than its bound for one body and a byte
     * ({@code maximumBodyBytes}), so a stream that decodes as it is read cannot be made to fill the heap.
     *
     * @param coded the whole body as it came, at hand without I/O
     * @return a stream of what was coded; closed by the cache, also when it was not read to its end
     * @throws IOException when the body is not of that coding. So must reading from the stream when the body is damaged or
     *     breaks off, as what was read by then would be taken for the whole. That fails the fetch with
     *     {@link dev.fetchonce.Reason#PROTOCOL}. Another exception, or an error, is a fault of the decoder, with
     *     {@link dev.fetchonce.Reason#APPLICATION}. Either is the cause of what callers get
     */
    InputStream decode(InputStream coded) throws IOException;
}
