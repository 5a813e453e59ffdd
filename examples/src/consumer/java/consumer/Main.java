package consumer;

import com.sun.net.httpserver.HttpServer;
import consumer.model.Flags;
import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The program that uses each part of the library once, against an origin of its own on loopback. */
public final class Main {
    private static final byte[] DOCUMENT = "{\"name\": \"red\", \"on\": true}".getBytes(StandardCharsets.UTF_8);

    private Main() {}

    /**
     * Prints the results.
     *
     * @param args unused
     * @throws Exception when something is missing
     */
    public static void main(String[] args) throws Exception {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.createContext("/", exchange -> {
            byte[] body = DOCUMENT;
            if (exchange.getRequestURI().getPath().equals("/backwards")) {
                exchange.getResponseHeaders().set("Content-Encoding", "backwards");
                body = Backwards.turned(body);
            }
            exchange.getResponseHeaders().set("Cache-Control", "max-age=60");
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        origin.start();
        String url = "http://127.0.0.1:" + origin.getAddress().getPort();
        Duration longest = Duration.ofMinutes(1); // a new process is slow
        try (HttpCache cache = HttpCache.builder()
                .freshness(Freshness.http())
                .timeout(longest)
                .patience(longest)
                .build()) {
            System.out.println("module: " + HttpCache.class.getModule().getName());
            System.out.println("tree: " + cache.get(url + "/tree").path("name").asString());
            System.out.println("record: " + cache.get(url + "/record", Flags.class));
            System.out.println("decoder: " + cache.get(url + "/backwards", Flags.class));
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + "/client")).build();
            for (int i = 0; i < 2; i++) {
                System.out.println("client: "
                        + cache.asHttpClient()
                                .send(request, BodyHandlers.ofString())
                                .headers()
                                .firstValue("Cache-Status")
                                .orElseThrow());
            }
        } finally {
            origin.stop(0);
        }
    }
}
