package dev.fetchonce.internal.origin;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Bytes in the form in which the JDK's client hands on a body: unmodifiable lists of read-only buffers. Each is made when it
 * is asked for, and shares the bytes.
 */
final class ByteBufferChunks implements Iterator<List<ByteBuffer>> {
    /** The most bytes of one chunk: as much as the JDK's client reads at once. */
    static final int MAXIMUM = 16 << 10;

    private final byte[] bytes;
    private final int length;
    private int at;

    /** Of the first bytes of an array, that many. */
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
        // a slice: its array offset and capacity tell nothing of what is around it
        ByteBuffer chunk = ByteBuffer.wrap(bytes, at, size).slice().asReadOnlyBuffer();
        at += size;
        return List.of(chunk);
    }
}
