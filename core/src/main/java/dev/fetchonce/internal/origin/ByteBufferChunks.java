package dev.fetchonce.internal.origin;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * An iterator over bytes in the form in which the JDK's client hands on a body: unmodifiable lists of read-only
 * buffers. Each call of {@link #next} makes one list, which shares the bytes.
 */
final class ByteBufferChunks implements Iterator<List<ByteBuffer>> {
    /** The greatest size of a chunk, in bytes: the size of one read of the JDK's client. */
    static final int MAXIMUM = 16 << 10;

    private final byte[] bytes;
    private final int length;
    private int at;

    /** Makes an iterator over the first {@code length} bytes of an array. */
    ByteBufferChunks(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    @Override
    public boolean hasNext() {
        return at < length;
    }

    @Override
    public List<ByteBuffer> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int size = Math.min(MAXIMUM, length - at);
        // a slice: its array offset and capacity do not reveal the bytes around it
        ByteBuffer chunk = ByteBuffer.wrap(bytes, at, size).slice().asReadOnlyBuffer();
        at += size;
        return List.of(chunk);
    }
}
