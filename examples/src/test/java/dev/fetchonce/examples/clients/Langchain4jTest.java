package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachingHttpClient;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.http.client.sse.DefaultServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * langchain4j's HTTP client takes a builder. {@link CachingHttpClient#newBuilder()} makes a client with a cache of its
 * own, which ends with the client.
 */
class Langchain4jTest extends DropInContract {
    private final JdkHttpClient client = JdkHttpClient.builder()
            .httpClientBuilder(CachingHttpClient.newBuilder())
            .connectTimeout(Duration.ofSeconds(5))
            .readTimeout(Duration.ofSeconds(30))
            .build();

    @AfterEach
    void closeClient() throws IOException {
        client.close();
    }

    @Override
    Answer call(String method, String url) {
        try {
            SuccessfulHttpResponse response = client.execute(HttpRequest.builder()
                    .method(HttpMethod.valueOf(method))
                    .url(url)
                    .build());
            return new Answer(
                    response.statusCode(), response.body(), response.headers().getOrDefault("Cache-Status", List.of()));
        } catch (HttpException e) { // the message of the exception is the body
            return new Answer(e.statusCode(), e.getMessage(), List.of());
        }
    }

    @Override
    boolean asksForGzip() {
        return false;
    }

    @Test
    void its_future_is_answered_from_the_store_too() throws Exception {
        get(Parcels.FRESH);
        SuccessfulHttpResponse response = client.executeAsync(HttpRequest.builder()
                        .method(HttpMethod.GET)
                        .url(origin.url(Parcels.FRESH))
                        .build())
                .join();

        assertThat(response.body()).isEqualTo(Parcels.DOCUMENT);
        assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
    }

    @Test
    void events_arrive_as_they_are_sent() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        HttpRequest request = HttpRequest.builder()
                .method(HttpMethod.GET)
                .url(origin.url(Parcels.EVENTS))
                .build();
        client.execute(request, new DefaultServerSentEventParser(), new ServerSentEventListener() {
            @Override
            public void onEvent(ServerSentEvent event) {
                first.complete(event.data());
            }

            @Override
            public void onError(Throwable failure) {
                first.completeExceptionally(failure);
            }
        });
        assertThat(first.get()).isEqualTo(Parcels.EVENT); // the stream has not ended
        origin.endEvents(); // otherwise the end of the client waits for it, as with the JDK's client
    }
}
