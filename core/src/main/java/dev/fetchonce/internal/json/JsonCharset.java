package dev.fetchonce.internal.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CoderResult;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The rule for the charset of a JSON body. JSON is UTF-8 (RFC 8259 §8.1), and a charset parameter has no effect on it
 * (§11): the bytes decide. Where the bytes are not UTF-8, a parameter counts that names a charset of one byte a
 * character. Pure functions.
 */
public final class JsonCharset {
    private static final int CHUNK = 8192;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** The highest bit of each of eight bytes. */
    private static final long NOT_ASCII = 0x8080808080808080L;

    /** The names of other formats by their first bytes in hexadecimal; no JSON document begins with these bytes. */
    private static final Map<String, String> LOOKS_LIKE = Map.of(
            "1f8b", "gzip",
            "28b52ffd", "zstd",
            "789c", "zlib (deflate)",
            "78da", "zlib (deflate)",
            "504b0304", "a zip archive");

    private JsonCharset() {}

    /**
     * Returns the charset of a body. The body may begin with a byte order mark of UTF-8.
     *
     * @param body the document; only read
     * @param contentType the value of the Content-Type field, or empty
     * @throws UndecodableException when the body is neither UTF-8 nor valid in such a charset that the field names
     */
    public static Charset of(byte[] body, String contentType) throws UndecodableException {
        refuseOther(body);
        OptionalInt wrong = misfit(body, StandardCharsets.UTF_8);
        if (wrong.isEmpty()) {
            return StandardCharsets.UTF_8;
        }
        return CharsetParameter.of(contentType).stream()
                .flatMap(label -> ofOneByte(label).stream())
                .filter(charset -> misfit(body, charset).isEmpty())
                .findFirst()
                .orElseThrow(() -> Diagnosis.malformed("it is not UTF-8 at byte " + wrong.getAsInt()));
    }

    /**
     * Refuses a body in another format or in UTF-16 or UTF-32. Jackson takes a body with a zero among its first four
     * bytes for UTF-16 or UTF-32, and decodes it as such. No JSON document in UTF-8 has a zero there. The byte order
     * marks of UTF-16 and UTF-32 are not UTF-8.
     */
    private static void refuseOther(byte[] body) throws UndecodableException {
        String first = HexFormat.of().formatHex(body, 0, Math.min(4, body.length));
        for (Map.Entry<String, String> other : LOOKS_LIKE.entrySet()) {
            if (first.startsWith(other.getKey())) {
                throw Diagnosis.malformed(
                        "it looks like " + other.getValue() + ", but no supported Content-Encoding names that coding");
            }
        }
        if (first.startsWith("feff") || first.startsWith("fffe")) {
            throw Diagnosis.malformed("it begins with the byte order mark of UTF-16 or UTF-32; JSON is UTF-8");
        }
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] == 0) {
                throw Diagnosis.malformed("it is UTF-16 or UTF-32, or holds a zero at byte " + i);
            }
        }
    }

    /** Returns whether all bytes are ASCII. It reads eight bytes at a time. */
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

    /** Returns the charset of this name if it has one byte a character. Some origins write the name in apostrophes. */
    private static Optional<Charset> ofOneByte(String label) {
        String name = label.startsWith("'") && label.endsWith("'") && label.length() > 1
                ? label.substring(1, label.length() - 1)
                : label;
        try {
            Charset charset = Charset.forName(name.strip());
            return charset.canEncode() && charset.newEncoder().maxBytesPerChar() == 1
                    ? Optional.of(charset)
                    : Optional.empty();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the position of the first byte that is not valid in the charset, if any. Jackson accepts lone surrogates
     * (ed a0 80) and overlong forms, so the JDK's own decoder checks the body. An ASCII body skips the decoder, which
     * needs memory for the decoded characters.
     */
    private static OptionalInt misfit(byte[] body, Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8) && ascii(body)) {
            return OptionalInt.empty();
        }
        var decoder = charset.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.min(body.length + 1, CHUNK));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        return result.isError() ? OptionalInt.of(in.position()) : OptionalInt.empty();
    }
}
