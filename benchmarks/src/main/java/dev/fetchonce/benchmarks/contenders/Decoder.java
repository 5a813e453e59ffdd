package dev.fetchonce.benchmarks.contenders;

import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Binds JSON to documents, for those who keep values and decode them themselves, with the mapper that Fetchonce uses. */
final class Decoder {
    private static final ObjectReader READER = JsonMapper.shared().readerFor(Document.class);

    private Decoder() {}

    /** The document in a body. */
    static Document decoded(byte[] body) {
        return READER.readValue(body);
    }
}
