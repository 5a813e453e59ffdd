package dev.fetchonce.examples.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * What is written to standard error while the demo runs: the cache's warnings, for slf4j-simple writes there. They are
 * kept until an act shows them, as a line that comes in between would break up the screen. Thread-safe.
 */
public final class LogLines implements AutoCloseable {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    private LogLines() {}

    /** Takes the place of standard error until it is closed. */
    public static LogLines ofStandardError() {
        LogLines lines = new LogLines();
        System.setErr(new PrintStream(lines.kept, true, StandardCharsets.UTF_8));
        return lines;
    }

    /**
     * The lines since this was last asked, once there are so many: the cache answers its callers first and logs then.
     *
     * @param lines how many are expected; after half a second it is content with fewer
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

    /** Gives standard error back, and to it what no act has shown: a stack trace, should the demo itself fail. */
    @Override
    public void close() {
        System.err.flush();
        System.setErr(before);
        taken().forEach(before::println);
    }
}
