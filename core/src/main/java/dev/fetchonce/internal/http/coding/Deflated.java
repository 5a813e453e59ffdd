package dev.fetchonce.internal.http.coding;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A decoder for bodies in the deflate format: bare (RFC 1951), in zlib (RFC 1950) or in gzip (RFC 1952).
 * {@link java.util.zip.GZIPInputStream} ignores bytes after the first member, unless they are another member. This
 * decoder accepts no such bytes, because a body with appended bytes is not the body that was coded. It accepts only
 * zeros, which pad a block.
 *
 * <p>An instance serves one use by one thread.
 */
final class Deflated {
    /** The first bytes of a member: two bytes that identify gzip, and one byte for the compression method. */
    private static final byte[] MAGIC = {0x1f, (byte) 0x8b, 8};

    private static final int TRAILER = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final ByteBuffer coded;
    private final int limit;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[8192];

    /**
     * The most gzip members of a body. Each member costs an inflater, and an empty one takes 20 bytes: a few kilobytes
     * could keep a core busy.
     */
    private static final int MAXIMUM_MEMBERS = 1_024;

    private Deflated(byte[] coded, int limit) {
        this.coded = ByteBuffer.wrap(coded).order(ByteOrder.LITTLE_ENDIAN);
        this.limit = limit;
    }

    /** Thrown when the output exceeds the limit. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLargeException() {
            super("too large", null, false, false);
        }
    }

    /**
     * Decodes one gzip member, or several in a row, and joins their contents.
     *
     * @param limit the most bytes of output
     * @throws DataFormatException when the bytes are invalid; the message says why
     */
    static byte[] gunzip(byte[] coded, int limit) throws DataFormatException, TooLargeException {
        Deflated body = new Deflated(coded, limit);
        int members = 0;
        do {
            if (++members > MAXIMUM_MEMBERS) {
                throw new DataFormatException("it has more than " + MAXIMUM_MEMBERS + " members");
            }
            body.header();
            body.member();
            body.padding();
        } while (body.coded.hasRemaining());
        return body.content.toByteArray();
    }

    /**
     * Decodes a zlib stream, which RFC 9110 §8.4.1.2 requires, or a bare deflate stream, which some origins send in its
     * place. A bare stream that looks like zlib would begin with a stored block and set a bit that every compressor
     * leaves zero.
     *
     * @param limit the most bytes of output
     * @throws DataFormatException when the bytes are invalid; the message says why
     */
    static byte[] inflate(byte[] coded, int limit) throws DataFormatException, TooLargeException {
        boolean zlib =
                coded.length >= 2 && (coded[0] & 0x0f) == 8 && ((coded[0] & 0xff) * 256 + (coded[1] & 0xff)) % 31 == 0;
        Deflated body = new Deflated(coded, limit);
        body.inflate(!zlib, new CRC32());
        body.padding();
        if (body.coded.hasRemaining()) {
            throw new DataFormatException("bytes follow its end");
        }
        return body.content.toByteArray();
    }

    private void member() throws DataFormatException, TooLargeException {
        CRC32 crc = new CRC32();
        int before = content.size();
        inflate(true, crc);
        require(TRAILER);
        if (coded.getInt() != (int) crc.getValue()) {
            throw new DataFormatException("its checksum is wrong");
        }
        if (coded.getInt() != content.size() - before) {
            throw new DataFormatException("its length is wrong");
        }
    }

    /** Reads the header of a member (RFC 1952 §2.3). */
    private void header() throws DataFormatException {
        int start = coded.position();
        for (int i = 0; i < MAGIC.length && i < coded.remaining(); i++) {
            if (coded.get(start + i) != MAGIC[i]) {
                throw new DataFormatException(
                        start == 0
                                ? "its first bytes are not a gzip header"
                                : "the bytes after its end are no further member");
            }
        }
        skip(MAGIC.length);
        require(7);
        int flags = coded.get();
        if ((flags & RESERVED) != 0) {
            throw new DataFormatException("it has flags that have no meaning");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            require(2);
            skip(coded.getShort() & 0xffff);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            CRC32 crc = new CRC32();
            crc.update(coded.array(), start, coded.position() - start);
            require(2);
            if (coded.getShort() != (short) crc.getValue()) {
                throw new DataFormatException("the checksum of its header is wrong");
            }
        }
    }

    private void inflate(boolean bare, CRC32 crc) throws DataFormatException, TooLargeException {
        Inflater inflater = new Inflater(bare);
        try {
            inflater.setInput(coded);
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                if (length == 0 && inflater.needsDictionary()) {
                    throw new DataFormatException("it needs a dictionary");
                }
                if (length == 0 && !inflater.finished()) {
                    throw new DataFormatException("it breaks off");
                }
                if (length > limit - content.size()) {
                    throw new TooLargeException();
                }
                crc.update(buffer, 0, length);
                content.write(buffer, 0, length);
            }
        } finally {
            inflater.end(); // frees memory that the collector does not see
        }
    }

    private void padding() {
        while (coded.hasRemaining() && coded.get(coded.position()) == 0) {
            coded.get();
        }
    }

    private void skipText() throws DataFormatException {
        do {
            require(1);
        } while (coded.get() != 0);
    }

    private void skip(int length) throws DataFormatException {
        require(length);
        coded.position(coded.position() + length);
    }

    private void require(int length) throws DataFormatException {
        if (coded.remaining() < length) {
            throw new DataFormatException("it breaks off");
        }
    }
}
