package dev.fetchonce.benchmarks.origin;

import java.io.IOException;

/** The process of the origin. It prints its port on its first line, and ends with its standard input. */
public final class OriginMain {
    private OriginMain() {}

    /** Serves until standard input ends. Takes no arguments. */
    public static void main(String[] args) throws IOException {
        Origin origin = new Origin();
        System.out.println(origin.port());
        Thread.ofPlatform().daemon().start(() -> {
            try {
                origin.serve();
            } catch (IOException e) {
                System.err.println("the origin ends: " + e.getMessage());
                Runtime.getRuntime().halt(1);
            }
        });
        while (System.in.read() >= 0) {
            // the process that started this one writes nothing while it lives
        }
    }
}
