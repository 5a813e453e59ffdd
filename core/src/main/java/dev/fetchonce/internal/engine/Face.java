package dev.fetchonce.internal.engine;

/** In what language a caller is answered, and what follows from that for the fetch it may start. */
public enum Face {
    /** Values and exceptions: it wants a whole body, and takes a stale answer for one that cannot be had. */
    VALUES,

    /**
     * Exchanges, as the JDK's client makes them: every answer of the origin is an answer, whatever its status, a long one
     * comes as it arrives, and no gate keeps it from asking.
     */
    EXCHANGES,

    /** None: nobody waits. */
    NOBODY;

    /**
     * Whose flights it shares. The fetch of an exchange may last for ever and end with a body for one, and who wants a value
     * waits for neither.
     */
    Face flies() {
        return switch (this) {
            case VALUES, NOBODY -> VALUES;
            case EXCHANGES -> EXCHANGES;
        };
    }

    /** Whether a gate can keep it from asking. */
    boolean gated() {
        return switch (this) {
            case VALUES, NOBODY -> true;
            case EXCHANGES -> false;
        };
    }
}
