package dev.fetchonce.internal.store;

/** What only this package can see of a store, for tests of other packages. */
public final class MemoryStoreInsides {
    private MemoryStoreInsides() {}

    public static void check(MemoryStore store) {
        store.checkInvariants();
    }
}
