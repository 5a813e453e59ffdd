package dev.fetchonce.internal.json;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An exception for a body that is not JSON under our rules, or not of the type that the caller asked for.
 *
 * <p>The stored response memoises one such exception for many threads, so the exception is immutable. It has no stack
 * trace, as that of its creator means nothing to other threads, and no suppressed exception. It has no cause: the text
 * of Jackson's exceptions quotes the body, which may hold secrets.
 *
 * <p>The exception holds the throwable of the type's own code, if any. The memo keeps that throwable as long as the
 * body, and all callers that ask for the type get it as the cause. The memo keeps the type, and so its class loader, in
 * any case.
 */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;
    /** The greatest length of a message, in characters. */
    private static final int LONGEST = 300;

    private final boolean wellFormed;

    /** The throwable of the type's own code, or null. */
    private final transient @Nullable Throwable thrown;

    UndecodableException(boolean wellFormed, String message, @Nullable Throwable thrown) {
        super(message.length() <= LONGEST ? message : message.substring(0, LONGEST), null, false, false);
        this.wellFormed = wellFormed;
        this.thrown = thrown;
    }

    /**
     * Returns the throwable of the type's own code, such as a constructor or a deserialiser. Empty where Jackson itself
     * refuses the body.
     */
    public Optional<Throwable> thrown() {
        return Optional.ofNullable(thrown);
    }

    /**
     * Returns true where the body is JSON, but not of the type that the caller asked for. Returns false where the body
     * is not JSON under our rules, for every type.
     */
    public boolean wellFormed() {
        return wellFormed;
    }
}
