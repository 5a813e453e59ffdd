package dev.fetchonce.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A server with a virtual thread for each request, which reads its configuration again in each request. All of it is
 * plain blocking code.
 */
public final class VirtualThreadServer {
    private static final int REQUESTS = 500;

    private VirtualThreadServer() {}

    /** Runs the example without arguments. */
    public static void main(String[] args) throws Exception {
        try (LoopbackOrigin origin = LoopbackOrigin.start(Duration.ofMillis(40));
                HttpCache cache = HttpCache.create();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String url = origin.json(Samples.SERVICE_CONFIG.path(), Samples.SERVICE_CONFIG.text());
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), REQUESTS);
            server.setExecutor(threads);
            server.createContext("/depots", exchange -> answer(exchange, cache, url));
            server.start();

            int good =
                    visit(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/depots"), threads);
            server.stop(0);
            System.out.println(good + " of " + REQUESTS + " visitors were answered, with "
                    + origin.document(Samples.SERVICE_CONFIG.path()).requests() + " request to the origin");
        }
    }

    /** Answers one request, on its virtual thread. */
    private static void answer(HttpExchange exchange, HttpCache cache, String url) throws IOException {
        try (exchange) {
            int depots = cache.get(url, ServiceConfig.class).depots().size();
            byte[] body = ("we have " + depots + " depots\n").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int visit(URI page, ExecutorService threads) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(page).build();
            List<Future<Integer>> visits = new ArrayList<>();
            for (int visitor = 0; visitor < REQUESTS; visitor++) {
                visits.add(threads.submit(() -> client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode()));
            }
            int good = 0;
            for (Future<Integer> visit : visits) {
                good += visit.get() == 200 ? 1 : 0;
            }
            return good;
        }
    }
}
