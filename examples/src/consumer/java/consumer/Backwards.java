package consumer;

import dev.fetchonce.spi.ContentDecoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A content coding that reverses the bytes of a body. */
public final class Backwards implements ContentDecoder {
    /** Makes a decoder, for the service loader. */
    public Backwards() {}

    /** Returns the bytes in reverse order. */
    static byte[] turned(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
        }
        return turned;
    }

    @Override
    public String coding() {
        return "backwards";
    }

    @Override
    public InputStream decode(InputStream coded) throws IOException {
        return new ByteArrayInputStream(turned(coded.readAllBytes()));
    }
}
