package dev.fetchonce.benchmarks.outage;

import dev.fetchonce.benchmarks.results.Pages;
import dev.fetchonce.benchmarks.results.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The page about simulated outages, with its plots. {@code mvn -q -Poutages} writes them into {@code docs}. The random
 * numbers have fixed seeds, so each run writes the same tables; the plots also depend on the fonts of the machine.
 */
public final class OutagePage {
    private static final Path DOCS = Path.of("docs");

    private OutagePage() {}

    /**
     * Runs all cases, then writes the page and its plots. Takes no arguments.
     *
     * @throws IOException when a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        OutageSamples samples = OutageSamples.run();
        Path page = DOCS.resolve("outages.md");
        String text = text(samples, Files.readString(page));
        for (Map.Entry<String, String> plot : OutagePlots.all(samples).entrySet()) {
            WholeFile.write(DOCS.resolve("outages").resolve(plot.getKey()), plot.getValue());
        }
        WholeFile.write(page, text);
    }

    /** Returns the page with its tables filled. */
    static String text(OutageSamples samples, String page) {
        return Pages.filled("outages.md", page, OutageTables.all(samples));
    }
}
