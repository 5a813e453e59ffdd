package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.Freshness;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.Latch;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client ends while its bodies are read. Each story runs with the JDK's client as well, and the reader must see the
 * same. The origin sends half of a body and waits for the latch.
 */
class DropInEndDuringBodyTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @RegisterExtension
    final Invariants given = new Invariants();

    private Latch latch = given.latch();
    private final ScriptedOrigin origin = given.scripted();

    /** The kind of client: the JDK's, the drop-in client of a cache, or a client from its own builder. */
    enum Whose {
        JDK {
            @Override
            HttpClient client(Invariants given) {
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                given.closing(client::shutdownNow);
                return client;
            }
        },
        VIEW {
            @Override
            HttpClient client(Invariants given) {
                return given.cache(b -> b.freshness(Freshness.http())).asHttpClient();
            }
        },
        BUILT {
            @Override
            HttpClient client(Invariants given) {
                HttpClient client = CachingHttpClient.newBuilder().build();
                given.closing(client::shutdownNow);
                return client;
            }
        };

        abstract HttpClient client(Invariants given);
    }

    /** The kind of request, and whether the caller sends it with send or with sendAsync. */
    enum Way {
        GET,
        RANGE,
        POST,
        GET_ASYNC,
        POST_ASYNC;

        <T> T body(HttpClient client, HttpRequest.Builder request, BodyHandler<T> handler) throws Exception {
            HttpRequest asked = switch (this) {
                case GET, GET_ASYNC -> request.build();
                case RANGE -> request.header("Range", "bytes=0-9").build();
                case POST, POST_ASYNC ->
                    request.POST(BodyPublishers.ofString("x")).build();
            };
            HttpResponse<T> response = switch (this) {
                case GET, RANGE, POST -> client.send(asked, handler);
                case GET_ASYNC, POST_ASYNC -> client.sendAsync(asked, handler).get(20, TimeUnit.SECONDS);
            };
            return response.body();
        }
    }

    /** The stories. Each one returns its events as text. */
    enum Story {
        SHUT_DOWN_WHILE_A_STREAM_IS_READ {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body = way.body(client, test.request(), BodyHandlers.ofInputStream());
                client.shutdown();
                String before = test.ended(client, false);
                test.latch.open();
                return before + new String(body.readAllBytes()) + test.ended(client, true);
            }
        },
        CLOSE_WAITS_FOR_A_STREAM {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body = way.body(client, test.request(), BodyHandlers.ofInputStream());
                Crowd<String> closer = Crowd.one(() -> {
                    client.close();
                    return ", closed";
                });
                Await.until("it takes no more", () -> test.refuses(client));
                String before = closer.done() ? "closed too soon, " : test.ended(client, false);
                test.latch.open();
                return before + new String(body.readAllBytes()) + closer.value() + test.ended(client, true);
            }
        },
        CLOSE_IS_INTERRUPTED {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body = way.body(client, test.request(), BodyHandlers.ofInputStream());
                Crowd<Boolean> closer = Crowd.one(() -> {
                    client.close();
                    return Thread.interrupted();
                });
                Await.until("it takes no more", () -> test.refuses(client));
                closer.interrupt(0);
                return closer.value() + test.ended(client, true) + told(body);
            }
        },
        SHUT_DOWN_NOW_ENDS_A_STREAM {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body = way.body(client, test.request(), BodyHandlers.ofInputStream());
                client.shutdownNow();
                return test.ended(client, true) + told(body);
            }
        },
        SHUT_DOWN_NOW_ENDS_LINES {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                Stream<String> body = way.body(client, test.request(), BodyHandlers.ofLines());
                client.shutdownNow();
                String ended = test.ended(client, true);
                try {
                    return ended + body.toList();
                } catch (RuntimeException e) {
                    return ended + e.getClass() + " " + e.getCause().getMessage();
                }
            }
        },
        A_READER_CLOSES_ITS_STREAM {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body = way.body(client, test.request(), BodyHandlers.ofInputStream());
                client.shutdown();
                String before = test.ended(client, false);
                body.close();
                return before + test.ended(client, true);
            }
        },
        A_STREAM_BREAKS_OFF {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body =
                        way.body(client, test.request().setHeader("X", "reset"), BodyHandlers.ofInputStream());
                client.shutdown();
                String before = test.ended(client, false);
                test.latch.open();
                return before + (told(body).contains("IOException") ? "broken" : "whole") + test.ended(client, true);
            }
        },
        NOBODY_SUBSCRIBES {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                var unused = way.body(client, test.request(), BodyHandlers.ofPublisher());
                test.latch.open();
                client.shutdown();
                String before = test.ended(client, false);
                client.shutdownNow();
                return before + test.ended(client, true);
            }
        },
        ONE_SUBSCRIBES_AFTER_THE_END {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                Flow.Publisher<List<ByteBuffer>> body = way.body(client, test.request(), BodyHandlers.ofPublisher());
                client.shutdownNow();
                String ended = test.ended(client, true);
                Signals signals = new Signals();
                body.subscribe(signals);
                return ended + signals.last.get(20, TimeUnit.SECONDS);
            }
        },
        ONE_SUBSCRIBES_LATE_AND_CANCELS {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                Flow.Publisher<List<ByteBuffer>> body = way.body(client, test.request(), BodyHandlers.ofPublisher());
                client.shutdown();
                String before = test.ended(client, false);
                Signals signals = new Signals();
                body.subscribe(signals);
                signals.subscription.get(20, TimeUnit.SECONDS).cancel();
                return before + test.ended(client, true);
            }
        },
        A_BODY_THAT_IS_THERE_IS_NOT_READ {
            @Override
            String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception {
                InputStream body =
                        way.body(client, test.request().setHeader("X", "whole"), BodyHandlers.ofInputStream());
                client.shutdown();
                return test.ended(client, true) + new String(body.readAllBytes());
            }
        };

        abstract String play(DropInEndDuringBodyTest test, HttpClient client, Way way) throws Exception;
    }

    /** Subscribes, requests no items and keeps the last signal. */
    private static final class Signals implements Flow.Subscriber<List<ByteBuffer>> {
        final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        final CompletableFuture<String> last = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription it) {
            subscription.complete(it);
        }

        @Override
        public void onNext(List<ByteBuffer> item) {}

        @Override
        public void onError(Throwable failure) {
            last.complete(failure.getClass().getName());
        }

        @Override
        public void onComplete() {
            last.complete("the end");
        }
    }

    static Stream<Arguments> stories() {
        return Stream.of(Story.values())
                .flatMap(story -> Stream.of(Way.values())
                        .flatMap(way ->
                                Stream.of(Whose.VIEW, Whose.BUILT).map(whose -> Arguments.of(story, way, whose))));
    }

    @ParameterizedTest
    @MethodSource("stories")
    void a_client_ends_as_the_jdk_s_does(Story story, Way way, Whose whose) throws Exception {
        String expected = story.play(this, client(Whose.JDK), way);
        assertThat(story.play(this, client(whose), way)).isEqualTo(expected);
    }

    private HttpClient client(Whose whose) {
        Latch next = given.latch();
        latch = next;
        origin.on("/a", request -> {
            boolean part = request.head().contains("Range:");
            String head = (part ? "HTTP/1.1 206 OK|Content-Range: bytes 0-9/10|" : "HTTP/1.1 200 OK|")
                    + "Cache-Control: no-store|Content-Length: 10||hello";
            if (request.head().contains("X: whole")) {
                request.send(head + "world");
                return;
            }
            request.send(head);
            next.pass();
            if (request.head().contains("X: reset")) {
                request.reset();
            } else {
                request.send("world");
            }
        });
        return whose.client(given);
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(origin.uri("/a"));
    }

    /**
     * Reports whether the client has terminated. It waits where the end is expected; elsewhere it waits only a moment,
     * which shows an end that comes at once.
     */
    private String ended(HttpClient client, boolean expected) throws Exception {
        if (expected) {
            return "[" + client.awaitTermination(LONG) + ends(client) + "]";
        }
        return "[" + client.isTerminated() + client.awaitTermination(Duration.ofMillis(20)) + "]";
    }

    private static boolean ends(HttpClient client) {
        Await.until("it says so", client::isTerminated);
        return true;
    }

    private boolean refuses(HttpClient client) {
        try {
            client.send(HttpRequest.newBuilder(origin.uri("/none")).build(), BodyHandlers.discarding());
            return false;
        } catch (IOException e) {
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String told(InputStream body) {
        try (body) {
            return new String(body.readAllBytes());
        } catch (IOException e) {
            return e.getClass().getName() + " " + e.getMessage() + " "
                    + (e.getCause() == null ? "" : e.getCause().getClass().getName());
        }
    }
}
