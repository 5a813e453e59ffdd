package dev.fetchonce.examples.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The lines that reach standard error during the demo: the log of the cache, because slf4j-simple writes there.
 * They wait until an act shows them, because a line in between would break up the screen. Thread-safe.
 */
public final class LogLines implements AutoCloseable {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    private LogLines() {}

    /** Returns an object that replaces standard error until it is closed. */
    public static LogLines ofStandardError() {
        LogLines lines = new LogLines();
        System.setErr(new PrintStream(lines.kept, true, StandardCharsets.UTF_8));
        return lines;
    }

    /**
     * Returns the lines since the last call, once there are enough: the cache answers its callers first and logs
     * afterwards.
     *
     * @param lines the expected number; after half a second the call returns fewer
     */
    List<String> awaited(int lines) throws InterruptedException {
        long giveUp = System.nanoTime() + Duration.ofMillis(500).toNanos();
        while (kept.toString(StandardCharsets.UTF_8).lines().count() < lines && System.nanoTime() - giveUp < 0) {
            Thread.sleep(Duration.ofMillis(5));
        }
        return taken();
    }

    private List<String> taken() {
        String text = kept.toString(StandardCharsets.UTF_8);
        kept.reset(); // a line that comes between these two is lost; acts ask when their callers are done
        return text.lines().toList();
    }

    /** Restores standard error and prints the lines that no act has shown, such as a stack trace of a failed demo. */
    @Override
    public void close() {
        System.err.flush();
        System.setErr(before);
        taken().forEach(before::println);
    }
}
