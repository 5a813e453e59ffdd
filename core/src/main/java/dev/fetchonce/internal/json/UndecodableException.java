package dev.fetchonce.internal.json;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A body that is not JSON under our rules, or not of the type asked for.
 *
 * <p>One such exception is memoised and met by many threads. It is immutable: no stack trace, as its creator's is nobody
 * else's, nothing suppressed, and no cause, as the text of Jackson's exceptions quotes the body, which may hold secrets. Beside
 * it stands what the type's own code threw. The memo keeps that as long as the body: all who ask for the type get it as the cause,
 * and the memo keeps the type, and so its class loader, anyway.
 */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 300;

    private final boolean wellFormed;

    /** What code of the type threw, or null. */
    private final transient @Nullable Throwable thrown;

    UndecodableException(boolean wellFormed, String message, @Nullable Throwable thrown) {
        super(message.length() <= LONGEST ? message : message.substring(0, LONGEST), null, false, false);
        this.wellFormed = wellFormed;
        this.thrown = thrown;
    }

    /** What code of the type asked for threw: a constructor, a deserialiser. Empty where Jackson itself refuses the body. */
    public Optional<Throwable> thrown() {
        return Optional.ofNullable(thrown);
    }

    /** True: the body is JSON, but not of the type asked for. False: it is not JSON under our rules, whatever the type. */
    public boolean wellFormed() {
        return wellFormed;
    }
}
