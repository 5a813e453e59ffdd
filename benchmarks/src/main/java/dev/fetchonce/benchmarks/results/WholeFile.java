package dev.fetchonce.benchmarks.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The writer of a file that has its old content or its new content, and never a part of either. */
public final class WholeFile {
    private WholeFile() {}

    /** Writes a file beside the old one, then moves it into place. Makes missing folders. */
    public static void write(Path file, String text) throws IOException {
        Path absolute = file.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        Path beside = absolute.resolveSibling(absolute.getFileName() + ".new");
        try {
            Files.writeString(beside, text);
            Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
