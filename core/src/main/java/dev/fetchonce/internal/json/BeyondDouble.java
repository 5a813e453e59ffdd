package dev.fetchonce.internal.json;

/** A number of a document does not fit into a double, or has a greater exponent than a tree may hold. */
final class BeyondDouble extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BeyondDouble() {
        super(null, null, false, false);
    }
}
