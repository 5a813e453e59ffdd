package dev.fetchonce.benchmarks.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** A run as a JSON file: the same run, the same bytes. */
public final class ResultsFile {
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(LINES))
            .build();

    private ResultsFile() {}

    /** The run as it is written. */
    static String text(Results results) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(results) + "\n";
    }

    /**
     * Writes it, in place of what was there.
     *
     * @throws IOException when it cannot be written; what was there is there still
     */
    public static void write(Results results, Path file) throws IOException {
        WholeFile.write(file, text(results));
    }

    /**
     * Reads it back.
     *
     * @throws IOException when it cannot be read, or is not what {@link #write} writes; it names the file
     */
    public static Results read(Path file) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(file), Results.class);
        } catch (JacksonException e) {
            throw new IOException(file + " is not a run's results: " + e.getMessage(), e);
        }
    }
}
