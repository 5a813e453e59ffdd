package dev.fetchonce.examples;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.HttpCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * An example of documents that are not JSON, or that another library decodes. {@code fetch} accepts any content type. A
 * decoder is a function from the bytes of the body to a value, and each call gets a value of its own.
 */
public final class OwnDecoder {
    private OwnDecoder() {}

    /** Runs the example without arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(40));
                HttpCache cache = HttpCache.create()) {
            origin.publish("/sorter.properties", "text/plain", "belt.speed = 2.1\nbelt.emergencyStop = armed\n");
            origin.publish("/loads.csv", "text/csv", "depot,parcels\nARN2,18211\nOSL3,9407\nTLL1,2260\n");

            CachedResponse sorter = cache.fetch(origin.url("/sorter.properties"));
            Properties properties = sorter.decode(in -> {
                Properties read = new Properties();
                read.load(in);
                return read;
            });
            System.out.println("properties  belt.speed is " + properties.getProperty("belt.speed"));
            System.out.println("text        begins with "
                    + sorter.text().lines().findFirst().orElseThrow());

            CachedResponse loads = cache.fetch(origin.url("/loads.csv"));
            System.out.println("csv         " + loads.decode(OwnDecoder::loads));
        }
    }

    /** Returns the loads by depot. A decoder may also be a method that throws IOException. */
    private static Map<String, Integer> loads(InputStream body) throws IOException {
        Map<String, Integer> loads = new TreeMap<>();
        BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        reader.readLine(); // the header
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            String[] cells = line.split(",", 2);
            loads.put(cells[0], Integer.valueOf(cells[1]));
        }
        return loads;
    }
}
