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

    /** The call for the body at a URL, whose request may take so long. */
    static Callable<byte[]> call(HttpClient client, String url, Duration timeout) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(timeout).build();
        return () -> body(client.send(request, BodyHandlers.ofByteArray()));
    }

    /** The body of a success. */
    static byte[] body(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode());
        }
        return response.body();
    }
}
