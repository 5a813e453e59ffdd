package dev.fetchonce.benchmarks.origin;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;

/** An origin in a process of its own. It ends with this process at the latest. */
public final class OriginProcess implements AutoCloseable {
    private final Process process;
    private final OriginAt at;

    private OriginProcess(Process process, OriginAt at) {
        this.process = process;
        this.at = at;
    }

    /**
     * Starts an origin, on the Java runtime and class path of this process.
     *
     * @throws IOException when it does not start
     */
    public static OriginProcess start() throws IOException {
        String java = ProcessHandle.current().info().command().orElse("java");
        Process process = new ProcessBuilder(List.of(
                        java,
                        "-Xmx2g",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OriginMain.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader reader = process.inputReader();
        String line = reader.readLine();
        if (line == null) {
            throw new IOException("the origin's process ended before it said its port");
        }
        return new OriginProcess(process, new OriginAt(Integer.parseInt(line)));
    }

    /** Returns the address and controls of the origin. */
    public OriginAt at() {
        return at;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
