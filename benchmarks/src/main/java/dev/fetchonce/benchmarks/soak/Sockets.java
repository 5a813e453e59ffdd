package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The open sockets of this process, where the system lists them. */
final class Sockets {
    private static final Path LIST = Path.of("/proc/self/fd");

    private Sockets() {}

    /** Returns the number of open sockets; always 0 on a system without such a list. */
    static int open() {
        if (!Files.isDirectory(LIST)) {
            return 0;
        }
        int open = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(LIST)) {
            for (Path file : files) {
                if (isSocket(file)) {
                    open++;
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the list of open files cannot be read", e);
        }
        return open;
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // it was closed meanwhile
        }
    }
}
