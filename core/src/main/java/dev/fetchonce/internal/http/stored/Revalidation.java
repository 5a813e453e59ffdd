package dev.fetchonce.internal.http.stored;

/**
 * The way to revalidate the stored responses of a URL (RFC 9111 §4.3.1), which depends on the origin's past responses
 * to conditions. A {@link VariantSet} remembers it. An origin whose responses to conditions are useless therefore costs
 * one vain request.
 */
public enum Revalidation {
    /** By all available validators. */
    BY_TAG,

    /** By Last-Modified alone: the entity tags of the 304s differ from those of the responses that they confirm. */
    BY_DATE,

    /** Without conditions: the responses to them are unreadable, or are about another stored response. */
    UNCONDITIONAL;

    /** Returns the later of the two ways: a way that has proved useless stays excluded. */
    public Revalidation and(Revalidation other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
