package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fetchonce.Freshness;
import dev.fetchonce.testing.FakeOrigin;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of requests and responses are the same through our client and through the JDK's client. */
class TransparencyBodiesTest {
    private static final int LIMIT = 10_000;
    private static final String LONG = "0123456789abcde\n".repeat(2_000);

    @RegisterExtension
    final Invariants given = new Invariants();

    @TempDir
    Path directory;

    private HttpServer echo;

    @BeforeEach
    void start() throws IOException {
        echo = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        echo.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        echo.createContext("/", TransparencyBodiesTest::echoed);
        echo.start();
    }

    @AfterEach
    void stop() {
        echo.stop(0);
    }

    /** Answers with the request as text. A path such as /to/301 gets that status, with a redirect to /there. */
    private static void echoed(HttpExchange exchange) throws IOException {
        try (exchange) {
            String said = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getOrDefault("Content-Length", List.of()) + " "
                    + exchange.getRequestHeaders().getOrDefault("Transfer-Encoding", List.of()) + " "
                    + exchange.getRequestHeaders().getOrDefault("Content-Type", List.of()) + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] body = said.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Cache-Control", "max-age=600");
            String path = exchange.getRequestURI().getPath();
            int status = path.startsWith("/to/") ? Integer.parseInt(path.substring("/to/".length())) : 200;
            if (status != 200) {
                exchange.getResponseHeaders().set("Location", "/there");
            }
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** A request with a body. */
    record Sent(String name, String path, String method, BodyPublisher body, boolean expectContinue) {
        static Stream<Sent> of(String name, String path, String method, BodyPublisher body) {
            return Stream.of(
                    new Sent(name + " by " + method + " to " + path, path, method, body, false),
                    new Sent(name + " by " + method + " to " + path + ", expecting 100", path, method, body, true));
        }

        /**
         * Returns whether the request is a GET with an empty body. The cache takes it for a GET without a body, so one
         * response answers both.
         */
        boolean asksAsAnybody() {
            return method.equals("GET") && body.contentLength() == 0 && !expectContinue;
        }

        HttpRequest request(URI base) {
            return HttpRequest.newBuilder(base.resolve(path))
                    .method(method, body)
                    .expectContinue(expectContinue)
                    .header("Content-Type", "text/plain")
                    .build();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sent> bodies() {
        List<String> bits = List.of("a", "b", "c");
        return Stream.of("POST", "PUT", "PATCH", "DELETE", "GET", "FROB")
                .flatMap(method -> Stream.of(
                                Sent.of("a text", "/here", method, BodyPublishers.ofString("hello")),
                                Sent.of("nothing", "/here", method, BodyPublishers.noBody()),
                                Sent.of("an empty text", "/here", method, BodyPublishers.ofString("")),
                                Sent.of("a long text", "/here", method, BodyPublishers.ofString(LONG)),
                                Sent.of(
                                        "chunks",
                                        "/here",
                                        method,
                                        BodyPublishers.ofByteArrays(bits.stream()
                                                .map(String::getBytes)
                                                .toList())),
                                Stream.of(301, 302, 303, 307, 308)
                                        .flatMap(status -> Sent.of(
                                                "a text", "/to/" + status, method, BodyPublishers.ofString("hello"))))
                        .flatMap(sent -> sent))
                .filter(sent -> !sent.asksAsAnybody());
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void the_body_of_a_request_arrives(Sent sent) throws Exception {
        HttpRequest request =
                sent.request(URI.create("http://127.0.0.1:" + echo.getAddress().getPort()));
        HttpClient plain = plain();
        HttpClient ours = ours();
        String expected = seen(plain, request);
        assertThat(expected).contains("status 200");
        assertThat(seen(ours, request)).isEqualTo(expected);
        assertThat(seen(ours, request)).isEqualTo(expected);
    }

    private static String seen(HttpClient client, HttpRequest request) throws Exception {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        return CallView.of(response, response.body()).replaceAll("date=\\[[^]]*](, )?", "");
    }

    private HttpClient plain() {
        HttpClient plain = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NORMAL)
                .build();
        given.closing(plain::shutdownNow);
        return plain;
    }

    private HttpClient ours() {
        return given.cache(b -> b.freshness(Freshness.http()).maximumBodyBytes(LIMIT))
                .asHttpClient(Redirect.NORMAL);
    }

    /** A body handler, and a function that turns its result into text. */
    interface Handler {
        String through(HttpClient client, HttpRequest request) throws Exception;
    }

    private static <T> Handler handler(BodyHandler<T> handler, Read<T> read) {
        return (client, request) -> {
            HttpResponse<T> response = client.send(request, handler);
            return CallView.of(response, read.text(response.body()));
        };
    }

    private interface Read<T> {
        String text(T body) throws Exception;
    }

    private List<Handler> handlers() {
        Path file = directory.resolve("file");
        return List.of(
                handler(BodyHandlers.ofString(StandardCharsets.UTF_16LE), String::toString),
                handler(BodyHandlers.ofByteArray(), bytes -> new String(bytes, StandardCharsets.UTF_8)),
                handler(BodyHandlers.ofInputStream(), in -> {
                    try (InputStream all = in) {
                        return new String(all.readAllBytes(), StandardCharsets.UTF_8);
                    }
                }),
                handler(BodyHandlers.ofLines(), lines -> lines.collect(Collectors.joining("/"))),
                handler(BodyHandlers.ofFile(file), path -> path.equals(file) ? Files.readString(path) : "elsewhere"),
                handler(BodyHandlers.discarding(), String::valueOf),
                handler(BodyHandlers.replacing("else"), String::valueOf),
                handler(BodyHandlers.buffering(BodyHandlers.ofString(), 100), String::valueOf),
                handler(BodyHandlers.ofPublisher(), TransparencyBodiesTest::published),
                handler(
                        info -> BodySubscribers.mapping(
                                BodySubscribers.ofString(StandardCharsets.UTF_8),
                                text -> info.statusCode() + " " + info.version() + " " + text),
                        String::valueOf));
    }

    private static String published(Flow.Publisher<List<ByteBuffer>> publisher) {
        CompletableFuture<String> whole = new CompletableFuture<>();
        List<ByteBuffer> all = new ArrayList<>();
        publisher.subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(List<ByteBuffer> item) {
                all.addAll(item);
            }

            @Override
            public void onError(Throwable throwable) {
                whole.completeExceptionally(throwable);
            }

            @Override
            public void onComplete() {
                whole.complete(all.stream()
                        .map(buffer -> StandardCharsets.UTF_8.decode(buffer).toString())
                        .collect(Collectors.joining()));
            }
        });
        return whole.join();
    }

    static Stream<String> paths() {
        return Stream.of("/stored", "/no-store", "/long", "/chunked", "/empty", "/204", "/404", "/503");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void the_body_of_a_response_comes_through_every_handler(String path) throws Exception {
        byte[] text = "one\ntwo\r\n\u00e9\n".getBytes(StandardCharsets.UTF_8);
        FakeOrigin origin = given.origin()
                .on("/stored", call -> call.send(200, text, "Cache-Control: max-age=600"))
                .on("/no-store", call -> call.send(200, text, "Cache-Control: no-store"))
                .on(
                        "/long",
                        call -> call.send(200, LONG.getBytes(StandardCharsets.UTF_8), "Cache-Control: max-age=600"))
                .on(
                        "/chunked",
                        call -> call.raw("HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n"))
                .on("/empty", call -> call.send(200, new byte[0], "Cache-Control: max-age=600"))
                .on("/204", call -> call.status(204, "Cache-Control: max-age=600"))
                .on("/404", call -> call.send(404, text, "Cache-Control: max-age=600"))
                .on("/503", call -> call.send(503, text));
        HttpRequest request = HttpRequest.newBuilder(origin.uri(path)).build();
        HttpClient plain = plain();
        HttpClient ours = ours();
        int number = 0;
        for (Handler handler : handlers()) {
            String expected = handler.through(plain, request);
            assertThat(handler.through(ours, request)).as("handler %s", number).isEqualTo(expected);
            assertThat(handler.through(ours, request))
                    .as("handler %s, again", number++)
                    .isEqualTo(expected);
        }
    }

    /** Returns response heads for bodies of unknown length. */
    static Stream<String> growing() {
        String fresh = "Cache-Control: max-age=600|";
        return Stream.of(
                "HTTP/1.1 200 OK|" + fresh + "Content-Type: application/x-ndjson|Transfer-Encoding: chunked||",
                "HTTP/1.1 200 OK|" + fresh + "Content-Type: text/plain|Transfer-Encoding: chunked||",
                "HTTP/1.1 200 OK|" + fresh + "Content-Encoding: gzip|Transfer-Encoding: chunked||",
                "HTTP/1.1 404 -|" + fresh + "Transfer-Encoding: chunked||",
                "HTTP/1.1 200 OK|" + fresh + "Connection: close||");
    }

    /** The origin withholds the second part until the test has seen the first. */
    @ParameterizedTest
    @MethodSource("growing")
    void a_body_in_pieces_comes_so_through_every_handler_that_streams(String head) throws Exception {
        boolean chunked = head.contains("chunked");
        for (Streaming streaming : Streaming.values()) {
            List<String> seen = new ArrayList<>();
            for (HttpClient client : List.of(plain(), ours())) {
                Latch latch = given.latch();
                ScriptedOrigin origin = given.scripted().on("/a", request -> {
                    request.send(head + (chunked ? "4|one\n|" : "one\n"));
                    latch.pass();
                    request.send(chunked ? "4|two\n|0||" : "two\n");
                    if (!chunked) {
                        request.fin();
                    }
                });
                HttpRequest request = HttpRequest.newBuilder(origin.uri("/a")).build();
                seen.add(streaming.read(client, request, latch));
            }
            assertThat(seen.get(1)).as("%s", streaming).isEqualTo(seen.get(0));
        }
    }

    /** A handler that gives its caller the body before its end. */
    enum Streaming {
        INPUT_STREAM {
            @Override
            String read(HttpClient client, HttpRequest request, Latch latch) throws Exception {
                try (InputStream in =
                        client.send(request, BodyHandlers.ofInputStream()).body()) {
                    String first = new String(in.readNBytes(4), StandardCharsets.UTF_8);
                    latch.open();
                    return first + new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        },
        LINES {
            @Override
            String read(HttpClient client, HttpRequest request, Latch latch) throws Exception {
                try (Stream<String> lines =
                        client.send(request, BodyHandlers.ofLines()).body()) {
                    return lines.peek(line -> latch.open()).toList().toString();
                }
            }
        },
        PUBLISHER {
            @Override
            String read(HttpClient client, HttpRequest request, Latch latch) throws Exception {
                Flow.Publisher<List<ByteBuffer>> publisher =
                        client.send(request, BodyHandlers.ofPublisher()).body();
                latch.open();
                return published(publisher);
            }
        },
        A_SUBSCRIBER_THAT_CANCELS {
            @Override
            String read(HttpClient client, HttpRequest request, Latch latch) throws Exception {
                try (Stream<String> lines =
                        client.send(request, BodyHandlers.ofLines()).body()) {
                    return lines.findFirst().orElseThrow();
                }
            }
        },
        WHOLE {
            @Override
            String read(HttpClient client, HttpRequest request, Latch latch) throws Exception {
                latch.open();
                return client.send(request, BodyHandlers.ofString()).body();
            }
        };

        abstract String read(HttpClient client, HttpRequest request, Latch latch) throws Exception;
    }
}
