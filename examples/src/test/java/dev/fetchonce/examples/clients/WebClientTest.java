package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** Spring's WebClient: its connector takes the client. It calls {@code sendAsync}, and reads the body as a publisher. */
class WebClientTest extends DropInContract {
    private final WebClient client = WebClient.builder()
            .clientConnector(new JdkClientHttpConnector(cache.asHttpClient()))
            .build();

    @Override
    Answer call(String method, String url) {
        return client.method(HttpMethod.valueOf(method))
                .uri(url)
                .exchangeToMono(response -> response.bodyToMono(String.class)
                        .map(body -> new Answer(
                                response.statusCode().value(),
                                body,
                                response.headers().header("Cache-Status"))))
                .block();
    }

    @Override
    boolean asksForGzip() {
        return false;
    }

    @Test
    void a_subscriber_that_cancels_leaves_the_answer_to_others() {
        for (int call = 0; call < 2; call++) {
            Flux<DataBuffer> body =
                    client.get().uri(origin.url(Parcels.FRESH)).retrieve().bodyToFlux(DataBuffer.class);
            assertThat(body.doOnNext(DataBufferUtils::release).blockFirst()).isNotNull(); // cancels after the first
        }
        assertThat(call("GET", origin.url(Parcels.FRESH)).body()).isEqualTo(Parcels.DOCUMENT);
        assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
    }

    @Test
    void each_subscriber_sees_events_as_they_come() {
        for (int subscriber = 0; subscriber < 2; subscriber++) {
            Flux<String> events = client.get()
                    .uri(origin.url(Parcels.EVENTS))
                    .accept(MediaType.TEXT_EVENT_STREAM)
                    .retrieve()
                    .bodyToFlux(String.class);
            assertThat(events.blockFirst()).isEqualTo(Parcels.EVENT); // the stream has not ended
        }
        assertThat(origin.seen(Parcels.EVENTS)).hasSize(2);
    }
}
