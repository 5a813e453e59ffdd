package dev.fetchonce.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Freshness;
import dev.fetchonce.HttpCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of every library that sends its requests through a {@link dev.fetchonce.CachingHttpClient}. */
@Timeout(60)
abstract class DropInContract {
    private static final int CROWD = 50;

    final Parcels origin = new Parcels();
    final HttpCache cache = HttpCache.builder().freshness(Freshness.http()).build();

    /** Sends a request without a body as users of the library do, and returns a failure as an answer. */
    abstract Answer call(String method, String url) throws Exception;

    /** Returns whether the library asks for gzip by itself. */
    abstract boolean asksForGzip();

    @AfterEach
    void close() {
        cache.close();
        origin.close();
    }

    @Test
    void two_calls_ask_the_origin_once() throws Exception {
        Answer first = get(Parcels.FRESH);
        Answer second = get(Parcels.FRESH);

        assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
        assertThat(List.of(first.status(), second.status())).containsOnly(200);
        assertThat(List.of(first.body(), second.body())).containsOnly(Parcels.DOCUMENT);
        assertThat(first.cacheStatus()).singleElement().asString().contains("fwd=uri-miss", "stored");
        assertThat(second.cacheStatus()).singleElement().asString().contains("; hit");
    }

    @Test
    void a_crowd_asks_the_origin_once() throws Exception {
        List<Future<Answer>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < CROWD; caller++) {
                answers.add(threads.submit(() -> get(Parcels.FRESH)));
            }
        }
        for (Future<Answer> answer : answers) {
            assertThat(answer.get().body()).isEqualTo(Parcels.DOCUMENT);
        }
        assertThat(origin.seen(Parcels.FRESH)).hasSize(1);
    }

    @Test
    void a_coding_that_was_asked_for_is_decoded_each_time() throws Exception {
        Answer first = get(Parcels.CODED);
        Answer second = get(Parcels.CODED);

        assertThat(List.of(first.body(), second.body())).containsOnly(Parcels.DOCUMENT);
        assertThat(origin.seen(Parcels.CODED))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.field("Accept-Encoding").contains("gzip"))
                                .isEqualTo(asksForGzip()));
    }

    @Test
    void what_must_be_validated_costs_a_304_and_is_a_200_to_the_caller() throws Exception {
        Answer first = get(Parcels.VALIDATED);
        Answer second = get(Parcels.VALIDATED);

        assertThat(origin.seen(Parcels.VALIDATED))
                .extracting(request -> request.field("If-None-Match"))
                .containsExactly("", Parcels.ETAG);
        assertThat(List.of(first.status(), second.status())).containsOnly(200);
        assertThat(List.of(first.body(), second.body())).containsOnly(Parcels.DOCUMENT);
        assertThat(second.cacheStatus()).singleElement().asString().contains("fwd-status=304");
    }

    @Test
    void an_error_status_reaches_the_caller_each_time() throws Exception {
        for (int call = 1; call <= 2; call++) {
            Answer answer = get(Parcels.BROKEN);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo(Parcels.EXCUSE);
            assertThat(origin.seen(Parcels.BROKEN)).hasSize(call);
        }
    }

    @Test
    void after_a_post_the_origin_is_asked_again() throws Exception {
        get(Parcels.FRESH);
        assertThat(call("POST", origin.url(Parcels.FRESH)).status()).isEqualTo(200);
        assertThat(get(Parcels.FRESH).body()).isEqualTo(Parcels.DOCUMENT);

        assertThat(origin.seen(Parcels.FRESH)).extracting(Parcels.Seen::method).containsExactly("GET", "POST", "GET");
    }

    Answer get(String path) throws Exception {
        return call("GET", origin.url(path));
    }
}
