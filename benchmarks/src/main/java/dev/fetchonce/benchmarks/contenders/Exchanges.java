package dev.fetchonce.benchmarks.contenders;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;

/** The calls of the JDK's client, or of a client with the same API. */
final class Exchanges {
    private Exchanges() {}

    /** Returns the call for the body at a URL. It may take as long as a caller's patience lasts. */
    static Callable<byte[]> call(HttpClient client, String url, Settings settings) {
        HttpRequest request = request(url, settings, settings.patience());
        return () -> body(client.send(request, BodyHandlers.ofByteArray()));
    }

    /** Returns a request that may take so long. It has no such bound where no caller is in a hurry. */
    static HttpRequest request(String url, Settings settings, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        return settings.unhurried() ? request.build() : request.timeout(timeout).build();
    }

    /**
     * Returns the body of a response with status 200.
     *
     * @throws IOException for another status
     */
    static byte[] body(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        return response.body();
    }
}
