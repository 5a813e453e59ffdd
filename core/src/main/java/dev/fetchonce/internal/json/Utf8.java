package dev.fetchonce.internal.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** The encoding of a JSON body: UTF-8 and no other (RFC 8259 §8.1), in what is declared and in what the bytes are. */
final class Utf8 {
    private static final int CHUNK = 8192;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The highest bit of each of eight bytes. */
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8() {}

    /** Refuses a body that is not UTF-8, or whose Content-Type says so. A byte order mark is let through. */
    static void require(byte[] body, String contentType) throws UndecodableException {
        if (!CharsetParameter.of(contentType).stream().allMatch(Utf8::named)) {
            throw Diagnosis.malformed("its Content-Type declares a charset other than UTF-8");
        }
        /*
         * Jackson takes a body with a zero among its first four bytes for UTF-16 or UTF-32 and decodes it as such. No
         * UTF-8 document has one there; the byte order marks of the others fail below.
         */
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                throw Diagnosis.malformed("it is UTF-16 or UTF-32, or holds a zero at byte " + i);
            }
        }
        requireWellFormed(body);
    }

    /** Eight bytes at a time. */
    private static boolean ascii(byte[] body) {
        int at = 0;
        for (; at <= body.length - Long.BYTES; at += Long.BYTES) {
            if (((long) EIGHT_BYTES.get(body, at) & NOT_ASCII) != 0) {
                return false;
            }
        }
        for (; at < body.length; at++) {
            if (body[at] < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean named(String charset) {
        return charset.equalsIgnoreCase("utf-8") || charset.equalsIgnoreCase("utf8");
    }

    /*
     * Jackson lets lone surrogates (ed a0 80) and overlong forms through, so the JDK's own decoder looks first, unless all is
     * ASCII: it needs room for what it decodes.
     */
    private static void requireWellFormed(byte[] body) throws UndecodableException {
        if (ascii(body)) {
            return;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.min(body.length + 1, CHUNK));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        if (result.isError()) {
            throw Diagnosis.malformed("it is not UTF-8 at byte " + in.position());
        }
    }
}
