package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.http.failure.Failure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of the faults of the application's functions. It logs each fault once, with its stack trace, until the place
 * of the fault works again. It keeps no exception, only a text that tells faults apart. Thread-safe.
 */
public final class UserCodeFailures {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /**
     * The greatest number of faults in memory; at this number the memory is cleared, and later faults are logged anew.
     */
    private static final int MOST = 100;

    /** The greatest number of causes that tell a fault apart. */
    private static final int DEEPEST = 5;

    /** The place of each logged fault, by the text of the fault. */
    private final Map<String, String> logged = new ConcurrentHashMap<>();

    /**
     * Logs a failure if a function of the application caused it and the fault was not logged before.
     *
     * @param place the place of the fault; {@link #succeeded} names it once it works again
     */
    public void failed(String place, Failure failure) {
        Throwable thrown = failure.cause() instanceof Failure.Threw threw ? threw.what() : null;
        if (thrown == null && !failure.ofApplication()) {
            return;
        }
        if (logged.size() >= MOST) {
            logged.clear();
        }
        String fault = thrown == null ? failure.message() : fault(thrown);
        if (logged.putIfAbsent(fault, place) == null) {
            log(failure.message(), thrown);
        }
    }

    /** Logs a fault with its throwable; without the throwable where a method of the throwable itself throws. */
    private static void log(String message, @Nullable Throwable thrown) {
        try {
            log.warn(
                    "code of the application failed: {} (logged once, until it works or fails in another way)",
                    message,
                    thrown);
        } catch (RuntimeException | Error e) {
            log.warn(
                    "code of the application failed: {} (its exception could not be logged: reading it threw {})",
                    message,
                    e.getClass().getName());
        }
    }

    /** Forgets the faults of a place. */
    public void succeeded(String place) {
        if (!logged.isEmpty()) {
            logged.values().removeIf(place::equals);
        }
    }

    /**
     * Returns the text that tells a fault apart: the classes of its exceptions and the frame of each throw. The
     * messages do not count, as they may differ each time.
     */
    private static String fault(Throwable thrown) {
        try {
            return places(thrown);
        } catch (RuntimeException | Error e) { // its class overrides a method that this code reads
            return thrown.getClass().getName();
        }
    }

    private static String places(Throwable thrown) {
        StringBuilder fault = new StringBuilder();
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            StackTraceElement[] stack = at.getStackTrace();
            fault.append(at.getClass().getName());
            if (stack.length > 0 && !(at instanceof StackOverflowError)) { // its first frame is arbitrary
                fault.append('@').append(stack[0]);
            }
            fault.append(' ');
            at = at.getCause();
        }
        return fault.toString();
    }
}
