package dev.fetchonce.internal.json;

/** An exception for a number that does not fit into a double, or has a greater exponent than a tree may hold. */
final class BeyondDouble extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BeyondDouble() {
        super(null, null, false, false);
    }
}
