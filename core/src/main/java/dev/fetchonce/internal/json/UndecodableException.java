package dev.fetchonce.internal.json;

/**
 * A body that is not JSON under our rules, or not of the type asked for.
 *
 * <p>One such exception is memoised and met by many threads. It is immutable: no stack trace, as its creator's is nobody
 * else's, nothing suppressed, and no cause, as the text of Jackson's exceptions quotes the body, which may hold secrets.
 */
public final class UndecodableException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 300;

    private final boolean wellFormed;

    UndecodableException(boolean wellFormed, String message) {
        super(message.length() <= LONGEST ? message : message.substring(0, LONGEST), null, false, false);
        this.wellFormed = wellFormed;
    }

    /** True: the body is JSON, but not of the type asked for. False: it is not JSON under our rules, whatever the type. */
    public boolean wellFormed() {
        return wellFormed;
    }
}
