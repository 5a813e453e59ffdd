package dev.fetchonce.internal.flight;

/** The package-private parts of a table, for tests of other packages. */
public final class FlightTableInsides {
    private FlightTableInsides() {}

    public static void check(FlightTable<?, ?> table) {
        table.checkInvariants();
    }
}
