package dev.fetchonce.examples;

import dev.fetchonce.examples.demo.LogLines;
import dev.fetchonce.examples.demo.Screen;
import dev.fetchonce.examples.demo.Show;
import dev.fetchonce.examples.demo.UrlTrial;
import java.util.Arrays;
import java.util.List;

/**
 * {@code mvn -q -Pdemo}: a stampede, a revalidation, an outage and a recovery, against an origin on loopback that counts.
 * {@code mvn -q -Pdemo -Ddemo.urls=http://...,http://...}: how the cache gets on with URLs of one's own.
 *
 * <p>Exit code 0: everything that the demo claims was measured, or at least one of the URLs could be had. 1: a claim does
 * not hold, or none of the URLs could be had. Both are said on the screen.
 */
public final class Demo {
    private Demo() {}

    /** Takes no arguments; the system property {@code demo.urls} holds URLs with commas between them, or is blank. */
    public static void main(String[] args) throws Exception {
        Screen screen = Screen.ofTerminal();
        List<String> urls = Arrays.stream(System.getProperty("demo.urls", "").split(",", -1))
                .map(String::strip)
                .filter(url -> !url.isEmpty())
                .toList();
        boolean good;
        try (LogLines log = LogLines.ofStandardError()) {
            good = urls.isEmpty() ? new Show(screen, log, Show.Scale.FULL).run() : UrlTrial.run(screen, urls);
        }
        if (!good) {
            System.exit(1);
        }
    }
}
