package dev.fetchonce.internal.engine;

/** In what language a caller is answered, and what follows from that for the fetch it may start. */
public enum CallerKind {
    /** Values and exceptions: it wants a whole body, and takes a stale answer for one that cannot be had. */
    VALUE_API,

    /**
     * Exchanges, as the JDK's client makes them: every answer of the origin is an answer, whatever its status, a long one
     * comes as it arrives, and no gate keeps it from asking.
     */
    HTTP_CLIENT,

    /** None: nobody waits. */
    BACKGROUND;

    /**
     * Whose flights it shares. The fetch of an exchange may last for ever and end with a body for one, and who wants a value
     * waits for neither.
     */
    CallerKind flightGroup() {
        return switch (this) {
            case VALUE_API, BACKGROUND -> VALUE_API;
            case HTTP_CLIENT -> HTTP_CLIENT;
        };
    }

    /** Whether a gate can keep it from asking. */
    boolean backsOff() {
        return switch (this) {
            case VALUE_API, BACKGROUND -> true;
            case HTTP_CLIENT -> false;
        };
    }
}
