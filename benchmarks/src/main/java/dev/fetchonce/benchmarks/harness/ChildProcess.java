package dev.fetchonce.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Java process on the same runtime and class path as this one. */
final class ChildProcess {
    /** The longest time of a process. Any stint that does not hang takes less. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /** Starts a process. It shares standard error with this one. */
    static ChildProcess start(Class<?> main, List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(options);
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return new ChildProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /**
     * Passes each line that the process writes to a consumer, and waits for its end.
     *
     * @throws StintFailed when it ends with another code than 0, or not in time, or the consumer cannot take a line
     */
    void await(Consumer<String> lines) throws StintFailed, InterruptedException {
        FutureTask<@Nullable Void> reader = new FutureTask<>(() -> read(lines), null);
        Thread.startVirtualThread(reader);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new StintFailed("not ended after " + LIMIT.toMinutes() + " min");
        }
        try {
            reader.get();
        } catch (ExecutionException e) {
            throw new StintFailed("wrote a line that could not be taken: " + e.getCause());
        }
        if (process.exitValue() != 0) {
            throw new StintFailed("ended with exit code " + process.exitValue());
        }
    }

    private void read(Consumer<String> lines) {
        try (var reader = process.inputReader()) {
            reader.lines().forEach(lines);
        } catch (IOException | UncheckedIOException e) {
            // the process was ended
        }
    }
}
