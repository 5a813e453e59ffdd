package dev.fetchonce.examples.clients;

import com.github.mizosoft.methanol.Methanol;
import com.github.mizosoft.methanol.MutableRequest;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** Methanol over the client, for its codings, interceptors and adapters. It calls {@code send}, and asks for gzip. */
class MethanolTest extends DropInContract {
    private final Methanol client = Methanol.newBuilder(cache.asHttpClient()).build();

    @Override
    Answer call(String method, String url) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                MutableRequest.create(url).method(method, BodyPublishers.noBody()), BodyHandlers.ofString());
        return new Answer(
                response.statusCode(), response.body(), response.headers().allValues("Cache-Status"));
    }

    @Override
    boolean asksForGzip() {
        return true;
    }
}
