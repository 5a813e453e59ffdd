package dev.fetchonce.benchmarks.contenders;

import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Binds JSON to documents with the mapper that Fetchonce uses. It serves contenders that keep values and decode them
 * themselves.
 */
final class Decoder {
    private static final ObjectReader READER = JsonMapper.shared().readerFor(Document.class);

    private Decoder() {}

    /** Returns the document in a body. */
    static Document decoded(byte[] body) {
        return READER.readValue(body);
    }
}
