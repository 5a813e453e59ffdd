package dev.fetchonce.internal.store;

/** The package-private parts of a store, for tests of other packages. */
public final class MemoryStoreInsides {
    private MemoryStoreInsides() {}

    public static void check(MemoryStore store) {
        store.checkInvariants();
    }
}
