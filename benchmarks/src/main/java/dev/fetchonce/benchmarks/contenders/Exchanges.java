package dev.fetchonce.benchmarks.contenders;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Calls of the JDK's client, or of what stands in for it. */
final class Exchanges {
    private Exchanges() {}

    /** The call for the body at a URL, which may take as long as a caller's patience lasts. */
    static Callable<byte[]> call(HttpClient client, String url, Settings settings) {
        HttpRequest request = request(url, settings, settings.patience());
        return () -> body(client.send(request, BodyHandlers.ofByteArray()));
    }

    /** A request that may take so long; without that bound where nobody is in a hurry. */
    static HttpRequest request(String url, Settings settings, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        return settings.unhurried() ? request.build() : request.timeout(timeout).build();
    }

    /** The body of a success. */
    static byte[] body(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        return response.body();
    }
}
