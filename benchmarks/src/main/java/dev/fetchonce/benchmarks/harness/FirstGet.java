package dev.fetchonce.benchmarks.harness;

import dev.fetchonce.benchmarks.contenders.Contender;
import dev.fetchonce.benchmarks.contenders.Entrants;
import dev.fetchonce.benchmarks.contenders.Settings;

/** The process of a service that starts, gets one document, prints a line and ends. */
public final class FirstGet {
    private FirstGet() {}

    /**
     * Gets the document.
     *
     * @param args the contender and the URL
     * @throws Exception when the document cannot be had
     */
    public static void main(String[] args) throws Exception {
        Contender contender = Entrants.named(args[0]).open(Settings.AMPLE);
        System.out.println(contender.call(args[1]).call() != null);
        System.exit(0);
    }
}
