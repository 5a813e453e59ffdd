package dev.fetchonce.examples.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JDK, or an image of one, whose tools run as processes of their own. */
record Jdk(Path home) {
    private static final long LONGEST_SECONDS = 300;

    /**
     * The end of a tool's run.
     *
     * @param exit its exit code
     * @param output its whole output, errors included
     */
    record Run(int exit, String output) {}

    /** Returns the JDK that runs this test. */
    static Jdk current() {
        return new Jdk(Path.of(System.getProperty("java.home")));
    }

    /** Runs a tool to its end. */
    Run run(String tool, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(arguments);
        command.addFirst(home.resolve("bin").resolve(tool).toString());
        Path output = Files.createTempFile("output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(tool + " did not end within " + LONGEST_SECONDS + " s");
            }
            return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
