package dev.fetchonce.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The JSON documents of the examples, such as a parcel service reads at run time. */
public enum Samples {
    /** The configuration of one service. */
    SERVICE_CONFIG("service-config.json"),

    /** The features of the service that are on, and their users. */
    FEATURE_FLAGS("feature-flags.json"),

    /** The description of its API in OpenAPI 3.1, the largest document. */
    OPENAPI("openapi.json");

    private final String file;

    Samples(String file) {
        this.file = file;
    }

    /** Returns the path at which an origin publishes the document. */
    public String path() {
        return "/" + file;
    }

    /** Returns the text of the document. */
    public String text() throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream(path())) {
            if (in == null) {
                throw new IOException(file + " is missing on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
