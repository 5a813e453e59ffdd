package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/** Spring's RestClient: its request factory takes the client. It calls {@code sendAsync}, and asks for gzip by itself. */
class RestClientTest extends DropInContract {
    private final RestClient client = RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory(cache.asHttpClient()))
            .build();

    @Override
    Answer call(String method, String url) {
        try {
            ResponseEntity<String> response = client.method(HttpMethod.valueOf(method))
                    .uri(url)
                    .retrieve()
                    .toEntity(String.class);
            return answer(response.getStatusCode().value(), response.getBody(), response.getHeaders());
        } catch (RestClientResponseException e) {
            return answer(e.getStatusCode().value(), e.getResponseBodyAsString(), e.getResponseHeaders());
        }
    }

    private static Answer answer(int status, String body, HttpHeaders headers) {
        return new Answer(status, body, headers.getOrEmpty("Cache-Status"));
    }

    @Override
    boolean asksForGzip() {
        return true;
    }

    /** A type that is bound anew for each caller. */
    record Depot(String depot, int parcels, String city) {}

    @Test
    void a_bound_value_comes_from_the_store() {
        for (int call = 0; call < 2; call++) {
            assertThat(client.get().uri(origin.url(Parcels.CODED)).retrieve().body(Depot.class))
                    .isEqualTo(new Depot("ARN2", 18211, "Märsta"));
        }
        assertThat(origin.seen(Parcels.CODED)).hasSize(1);
    }

    @Test
    void who_accepts_no_coding_gets_an_answer_of_its_own() throws Exception {
        HttpRequest plain =
                HttpRequest.newBuilder(URI.create(origin.url(Parcels.CODED))).build();
        for (int call = 0; call < 2; call++) {
            assertThat(get(Parcels.CODED).body()).isEqualTo(Parcels.DOCUMENT);
            assertThat(cache.asHttpClient().send(plain, BodyHandlers.ofString()).body())
                    .isEqualTo(Parcels.DOCUMENT);
        }
        assertThat(origin.seen(Parcels.CODED))
                .extracting(request -> request.field("Accept-Encoding"))
                .containsExactly("gzip", ""); // and deflate, on a line of its own
    }

    @Test
    void a_condition_of_the_callers_own_is_answered_with_304() {
        List<HttpStatus> statuses = List.of(conditional("\"another\""), conditional(Parcels.ETAG));

        assertThat(statuses).containsExactly(HttpStatus.OK, HttpStatus.NOT_MODIFIED);
        assertThat(origin.seen(Parcels.VALIDATED))
                .extracting(request -> request.field("If-None-Match"))
                .containsExactly("", Parcels.ETAG);
    }

    @Test
    void a_caller_whose_read_timeout_passes_leaves_the_others_their_answer() throws Exception {
        JdkClientHttpRequestFactory impatient = new JdkClientHttpRequestFactory(cache.asHttpClient());
        impatient.setReadTimeout(Duration.ofMillis(50));
        CompletableFuture<Answer> patient = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> patient.complete(call("GET", origin.url(Parcels.HELD))));
        origin.awaitHeld();

        RestClient.RequestHeadersSpec<?> request =
                RestClient.builder().requestFactory(impatient).build().get().uri(origin.url(Parcels.HELD));
        assertThatThrownBy(() -> request.retrieve().body(String.class))
                .isInstanceOf(ResourceAccessException.class)
                .hasCauseInstanceOf(HttpTimeoutException.class);

        origin.release();
        assertThat(patient.get().body()).isEqualTo(Parcels.DOCUMENT);
        assertThat(origin.seen(Parcels.HELD)).hasSize(1);
    }

    private HttpStatus conditional(String etag) {
        return HttpStatus.valueOf(client.get()
                .uri(origin.url(Parcels.VALIDATED))
                .ifNoneMatch(etag)
                .retrieve()
                .toBodilessEntity()
                .getStatusCode()
                .value());
    }
}
