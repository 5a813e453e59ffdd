package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.java11.instrument.binder.jdk.MicrometerHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/**
 * Micrometer's client around this client. It measures the time of the callers, hits included. It calls {@code send}.
 */
class MicrometerTest extends DropInContract {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HttpClient client = MicrometerHttpClient.instrumentationBuilder(cache.asHttpClient(), meters)
            .build();

    @Override
    Answer call(String method, String url) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request(method, url), BodyHandlers.ofString());
        return new Answer(
                response.statusCode(), response.body(), response.headers().allValues("Cache-Status"));
    }

    private static HttpRequest request(String method, String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .method(method, BodyPublishers.noBody())
                .build();
    }

    @Override
    boolean asksForGzip() {
        return false;
    }

    @Test
    void every_call_is_measured_with_its_status() throws Exception {
        get(Parcels.FRESH);
        get(Parcels.FRESH);
        client.sendAsync(request("GET", origin.url(Parcels.FRESH)), BodyHandlers.discarding())
                .join();
        get(Parcels.BROKEN);

        assertThat(measured("200")).isEqualTo(3);
        assertThat(measured("503")).isEqualTo(1);
        assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
    }

    private long measured(String status) {
        return meters.get("http.client.requests").tag("status", status).timer().count();
    }
}
