package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import feign.Feign;
import feign.Param;
import feign.Request;
import feign.RequestLine;
import feign.Response;
import feign.Util;
import feign.http2client.Http2Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Feign's Http2Client uses the given client only when its own options agree with it. The client must have the connect
 * timeout of the options. It must follow redirects {@code ALWAYS} exactly if the options follow redirects. The defaults
 * of Feign are 10 s and true. Otherwise Feign silently makes a client of its own, and no response is cached.
 */
class FeignTest extends DropInContract {
    private static final Duration CONNECT = Duration.ofSeconds(10); // the value of Feign's default options

    private final HttpCache connecting = connectingWithin(CONNECT);
    private final Depots depots = depots(connecting.asHttpClient(Redirect.ALWAYS), new Request.Options());

    private interface Depots {
        @RequestLine("GET /{name}")
        Response get(@Param("name") String name);

        @RequestLine("POST /{name}")
        Response post(@Param("name") String name);
    }

    @AfterEach
    void closeConnecting() {
        connecting.close();
    }

    @Override
    Answer call(String method, String url) throws IOException {
        String name = URI.create(url).getPath().substring(1);
        return answer(method.equals("GET") ? depots.get(name) : depots.post(name));
    }

    @Override
    boolean asksForGzip() {
        return false;
    }

    @Test
    void each_hop_of_a_redirect_is_answered_from_the_store() throws Exception {
        for (int call = 0; call < 2; call++) {
            assertThat(get(Parcels.MOVED).body()).isEqualTo(Parcels.DOCUMENT);
        }
        assertThat(origin.seen(Parcels.MOVED)).hasSize(1);
        assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
    }

    @ParameterizedTest(name = "client {0} s {1}, options {2} s follow {3}")
    @CsvSource({
        "10, ALWAYS, 10, true",
        "10, NEVER,  10, false",
        "10, NORMAL, 10, false",
        "2,  NEVER,   2, false",
    })
    void where_connect_timeout_and_redirects_agree_the_client_is_used(
            int connect, Redirect redirects, int optionsConnect, boolean optionsFollow) throws Exception {
        try (HttpCache own = connectingWithin(Duration.ofSeconds(connect))) {
            List<Answer> answers = twice(own.asHttpClient(redirects), optionsConnect, optionsFollow);

            assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.cacheStatus()).hasSize(1));
        }
    }

    @ParameterizedTest(name = "client {0} s {1}, options {2} s follow {3}")
    @CsvSource({
        "5,  ALWAYS, 10, true",
        "10, NORMAL, 10, true",
        "10, NEVER,  10, true",
        "10, ALWAYS, 10, false",
    })
    void where_they_differ_it_is_silently_left_out(
            int connect, Redirect redirects, int optionsConnect, boolean optionsFollow) throws Exception {
        try (HttpCache own = connectingWithin(Duration.ofSeconds(connect))) {
            assertLeftOut(twice(own.asHttpClient(redirects), optionsConnect, optionsFollow));
        }
    }

    @Test
    void where_the_client_has_no_connect_timeout_it_is_silently_left_out() throws Exception {
        assertLeftOut(twice(cache.asHttpClient(Redirect.ALWAYS), 10, true));
    }

    private void assertLeftOut(List<Answer> answers) {
        assertThat(origin.seen(Parcels.FRESH)).hasSize(2);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.body()).isEqualTo(Parcels.DOCUMENT);
            assertThat(answer.cacheStatus()).isEmpty();
        });
    }

    private List<Answer> twice(HttpClient client, int connect, boolean follow) throws IOException {
        Depots through = depots(client, new Request.Options(connect, TimeUnit.SECONDS, 60, TimeUnit.SECONDS, follow));
        return List.of(answer(through.get("fresh")), answer(through.get("fresh")));
    }

    private Depots depots(HttpClient client, Request.Options options) {
        return Feign.builder().client(new Http2Client(client)).options(options).target(Depots.class, origin.url(""));
    }

    private static HttpCache connectingWithin(Duration connect) {
        return HttpCache.builder()
                .freshness(Freshness.http())
                .configureClient(client -> client.connectTimeout(connect))
                .build();
    }

    private static Answer answer(Response response) throws IOException {
        try (response) {
            return new Answer(
                    response.status(),
                    Util.toString(response.body().asReader(StandardCharsets.UTF_8)),
                    List.copyOf(response.headers().getOrDefault("Cache-Status", List.of())));
        }
    }
}
