package dev.fetchonce.spi;

import java.io.IOException;
import java.io.InputStream;

/**
 * A decoder of one content coding (RFC 9110 §8.4.1), such as {@code br} or {@code zstd}, with a library of one's
 * choice. Gzip and deflate are built in. The cache adds the coding to the Accept-Encoding field of its requests.
 *
 * <p>{@link java.util.ServiceLoader} finds decoders each time a cache is made, with the class loader that loaded this
 * library. {@code META-INF/services/dev.fetchonce.spi.ContentDecoder} or the {@code provides} of a module names the
 * class. The class needs a public constructor without parameters. A decoder that cannot be loaded is left out, and a
 * warning is logged.
 *
 * <p>A decoder must be thread-safe. One instance serves all fetches and all readers of a cache, simultaneously and on
 * any thread.
 */
public interface ContentDecoder {
    /**
     * Returns the name of the coding, as in Accept-Encoding and Content-Encoding. The cache asks for it once, when it
     * is made.
     *
     * @return a token (RFC 9110 §5.6.2), such as {@code br}; upper and lower case are equal. The builder of the cache
     *     throws an {@link IllegalStateException} when the name is null or not a token. It also throws it for the names
     *     that are built in ({@code gzip}, {@code x-gzip}, {@code deflate}, {@code identity}), and for the name of
     *     another decoder
     */
    String coding();

    /**
     * Returns a stream that decodes one body. The cache reads at most one byte more than {@code maximumBodyBytes} from
     * it. A stream that decodes as it is read therefore cannot fill the heap.
     *
     * @param coded the whole body as it arrived, in memory and without I/O
     * @return a stream of the decoded bytes, not null; the cache closes it, also before its end
     * @throws IOException when the body is not of that coding. A read of the stream must throw it too when the body is
     *     damaged or breaks off; otherwise the cache takes the bytes so far for the whole body. The fetch then fails
     *     with {@link dev.fetchonce.Reason#PROTOCOL}. Any other exception or error is a fault of the decoder, and the
     *     fetch fails with {@link dev.fetchonce.Reason#APPLICATION}. The exceptions of the callers have it as their
     *     cause
     */
    InputStream decode(InputStream coded) throws IOException;
}
