package dev.fetchonce.internal.http.stored;

/**
 * The way in which the stored responses of a URL are revalidated (RFC 9111 §4.3.1), by what its origin has made of conditions
 * so far. A slot remembers it, so that an origin whose answers to conditions are of no use costs one request in vain.
 */
public enum Revalidation {
    /** By all validators that there are. */
    BY_TAG,

    /** By Last-Modified alone: the entity tags of the 304s are not those of the responses that they confirm. */
    BY_DATE,

    /** Without conditions: the answers to them cannot be read, or speak of something else. */
    UNCONDITIONAL;

    /** The later of both: what has been found out once holds on. */
    public Revalidation and(Revalidation other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
