package dev.fetchonce.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The log of the cache, from DEBUG up, while this object is open. The lines do not go to the console. */
public final class Logs implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.fetchonce");
    private final Level before = logger.getLevel();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    public Logs() {
        appender.start();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    public List<String> warnings() {
        return messages(Level.WARN);
    }

    /** Waits for this number of warnings, which come after the release of the callers. Fails when there are more. */
    public List<String> awaitWarnings(int count) {
        Await.until(count + " warnings are logged", () -> warnings().size() >= count);
        if (warnings().size() > count) {
            throw new AssertionError("more than " + count + " warnings: " + warnings());
        }
        return warnings();
    }

    /** Waits for a message of this level or above with these words, and returns the first. */
    public String await(Level least, String words) {
        Await.until("a line with: " + words, () -> messages(least).stream().anyMatch(line -> line.contains(words)));
        return messages(least).stream()
                .filter(line -> line.contains(words))
                .findFirst()
                .orElseThrow();
    }

    /** Returns all messages of this level or above. */
    public List<String> messages(Level least) {
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(least))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Returns the throwables of the messages of this level or above that carry a throwable with its stack. */
    public List<Throwable> thrown(Level least) {
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(least))
                .filter(event -> event.getThrowableProxy() instanceof ThrowableProxy)
                .map(event -> ((ThrowableProxy) event.getThrowableProxy()).getThrowable())
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}
