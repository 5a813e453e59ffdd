package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Certificates;
import dev.fetchonce.testing.Http2Origin;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A live body over HTTP/2: a stream of a connection that other exchanges use as well. */
class StreamingHttp2Test {
    @TempDir
    static Path directory;

    private static KeyStore authority;
    private static KeyStore identity;

    private Http2Origin origin;
    private StreamingExchange exchanges;

    @BeforeAll
    static void make_certificates() {
        Certificates certificates = new Certificates(directory);
        authority = certificates.authority();
        identity = certificates.signed("server", "ip:127.0.0.1", "-1d", 30);
    }

    @BeforeEach
    void start() {
        origin = new Http2Origin(Certificates.server(identity));
        exchanges = new StreamingExchange(
                client -> client.version(HttpClient.Version.HTTP_2).sslContext(Certificates.client(authority)));
    }

    @AfterEach
    void close() {
        exchanges.close();
        Await.until("no connection is left", () -> origin.open() == 0);
        origin.close();
    }

    @Test
    void the_rest_comes_as_it_is_sent() throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        origin.on(request -> {
            request.head(0, 200).data(0, "hello");
            more.await();
            request.data(Http2Origin.END_STREAM, "world");
        });
        StreamingExchange.Taken taken = exchanges.atOnce(origin.uri("/"));
        assertThat(taken.version()).isEqualTo(HttpClient.Version.HTTP_2);
        BodySubscriber<String> subscriber = BodySubscribers.ofString(StandardCharsets.US_ASCII);
        taken.body().claim().orElseThrow().attach(subscriber);
        more.countDown();
        assertThat(subscriber.getBody().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isEqualTo("helloworld");
    }

    @ParameterizedTest
    @EnumSource(
            value = BodyMode.class,
            names = {"STREAM", "STREAM_LONGER"})
    void given_up_it_ends_its_stream_and_no_other(BodyMode mode) throws Exception {
        origin.on(request -> {
            if (request.number() == 1) {
                request.head(0, 200).endless();
            } else {
                request.answer(200, "[1]");
            }
        });
        ExchangeResult.Live live = (ExchangeResult.Live) exchanges.exchange(origin.uri("/endless"), 20_000, mode);
        assertThat(live.connection().session()).isNotNull();
        assertThat(live.body().abandon()).isTrue();
        Await.until("its stream was reset", () -> origin.requests().getFirst().wasReset());

        ExchangeResult.Answered answered =
                (ExchangeResult.Answered) exchanges.exchange(origin.uri("/other"), 20_000, BodyMode.STREAM_LONGER);
        assertThat(answered.representation().content()).asString().isEqualTo("[1]");
        assertThat(answered.connection().version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answered.connection().session()).isNotNull();
        assertThat(origin.connections()).hasSize(1);
    }

    @Test
    void without_a_length_it_is_read_while_it_is_gathered() throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        origin.on(request -> {
            request.head(0, 200).data(0, "hello");
            more.await();
            request.data(Http2Origin.END_STREAM, "world");
        });
        ExchangeResult.Growing growing =
                (ExchangeResult.Growing) exchanges.exchange(origin.uri("/"), 20_000, BodyMode.STREAM_LONGER);
        growing.body().settled(); // as no flight lands with it here
        BodySubscriber<String> subscriber = BodySubscribers.ofString(StandardCharsets.US_ASCII);
        growing.live().body().claim().orElseThrow().attach(subscriber);
        more.countDown();
        assertThat(subscriber.getBody().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isEqualTo("helloworld");
        ExchangeResult.Answered answered =
                (ExchangeResult.Answered) growing.end().await().orElseThrow();
        assertThat(answered.representation().content()).asString().isEqualTo("helloworld");
        assertThat(answered.untilClose()).isFalse();
    }
}
