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

/** A run as a JSON file. One run gives one sequence of bytes. */
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

    /** Returns the text of the file. */
    static String text(Results results) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(results) + "\n";
    }

    /**
     * Writes a run to a file and replaces the old content.
     *
     * @throws IOException when the file cannot be written; it then keeps its old content
     */
    public static void write(Results results, Path file) throws IOException {
        WholeFile.write(file, text(results));
    }

    /**
     * Reads a run from a file.
     *
     * @throws IOException when the file cannot be read, or does not have the form that {@link #write} gives it; the
     *     message names the file
     */
    public static Results read(Path file) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(file), Results.class);
        } catch (JacksonException e) {
            throw new IOException(file + " is not a run's results: " + e.getMessage(), e);
        }
    }
}
