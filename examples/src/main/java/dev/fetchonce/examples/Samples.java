package dev.fetchonce.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The JSON documents that come with the examples: what a service that delivers parcels might read at run time. */
public enum Samples {
    /** How one service is set up. */
    SERVICE_CONFIG("service-config.json"),

    /** Which of its features are on, and for whom. */
    FEATURE_FLAGS("feature-flags.json"),

    /** The description of its API, in OpenAPI 3.1: the big one. */
    OPENAPI("openapi.json");

    private final String file;

    Samples(String file) {
        this.file = file;
    }

    /** Where an origin publishes it. */
    public String path() {
        return "/" + file;
    }

    /** Its text. */
    public String text() throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream(path())) {
            if (in == null) {
                throw new IOException(file + " is missing on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
