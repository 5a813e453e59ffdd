package dev.fetchonce.internal.origin;

import dev.fetchonce.internal.http.failure.Failure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of what code of the application throws: each fault once, with its stack, until the place where it struck works again.
 * It keeps no exception, only what tells faults apart. Thread-safe.
 */
public final class UserCodeFailures {
    private static final Logger log = LoggerFactory.getLogger("dev.fetchonce");

    /** More different faults are told anew. */
    private static final int MOST = 100;

    private static final int DEEPEST = 5;

    /** The places where faults struck, by fault. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    /**
     * Tells of a failure if code of the application is behind it and that was not told before.
     *
     * @param place what {@link #worked} names once it works again
     */
    public void struck(String place, Failure failure) {
        Throwable thrown = failure.cause() instanceof Failure.Threw threw ? threw.what() : null;
        if (thrown == null && !failure.ofApplication()) {
            return;
        }
        if (told.size() >= MOST) {
            told.clear();
        }
        String fault = thrown == null ? failure.message() : fault(thrown);
        if (told.putIfAbsent(fault, place) == null) {
            log(failure.message(), thrown);
        }
    }

    /** Logs a fault, without what was thrown where its own methods throw. */
    private static void log(String message, @Nullable Throwable thrown) {
        try {
            log.warn(
                    "code of the application failed: {} (logged once, until it works or fails otherwise)",
                    message,
                    thrown);
        } catch (RuntimeException | Error e) {
            log.warn(
                    "code of the application failed: {} (what it threw could not be logged: {} when it was read)",
                    message,
                    e.getClass().getName());
        }
    }

    /** Forgets the faults that struck at a place. */
    public void worked(String place) {
        if (!told.isEmpty()) {
            told.values().removeIf(place::equals);
        }
    }

    /** Tells one fault from another by the classes of its exceptions and where each was thrown; their text may differ each time. */
    private static String fault(Throwable thrown) {
        try {
            return places(thrown);
        } catch (RuntimeException | Error e) { // its class overrides what the places are read by
            return thrown.getClass().getName();
        }
    }

    private static String places(Throwable thrown) {
        StringBuilder fault = new StringBuilder();
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            StackTraceElement[] stack = at.getStackTrace();
            fault.append(at.getClass().getName());
            if (stack.length > 0 && !(at instanceof StackOverflowError)) { // which strikes anywhere
                fault.append('@').append(stack[0]);
            }
            fault.append(' ');
            at = at.getCause();
        }
        return fault.toString();
    }
}
