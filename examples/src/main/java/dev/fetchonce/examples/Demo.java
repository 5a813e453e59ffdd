package dev.fetchonce.examples;

import dev.fetchonce.examples.demo.LogLines;
import dev.fetchonce.examples.demo.Screen;
import dev.fetchonce.examples.demo.Show;
import dev.fetchonce.examples.demo.UrlTrial;
import java.util.Arrays;
import java.util.List;

/**
 * The main class of the demo. {@code mvn -q -Pdemo} shows a stampede, a revalidation, an outage and a recovery, against
 * an origin on loopback that counts its requests. {@code mvn -q -Pdemo -Ddemo.urls=http://...,http://...} calls the
 * cache for other URLs.
 *
 * <p>The exit code is 0 if the measurements confirm every claim of the demo, or if the cache fetched at least one of
 * the URLs. The exit code is 1 if a claim does not hold, or if the cache fetched no URL. The screen shows the result.
 */
public final class Demo {
    private Demo() {}

    /**
     * Runs the demo without arguments. The system property {@code demo.urls} holds URLs separated by commas, or is
     * blank.
     */
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
