package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchonce.internal.origin.StreamingExchange;
import dev.fetchonce.testing.ScriptedOrigin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fault on the wire reaches a caller as an exception of the type that the JDK's client throws. */
class SameFaultsTest {
    private final StreamingExchange exchanges = new StreamingExchange();
    private final HttpClient plain =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScriptedOrigin origin = new ScriptedOrigin();

    @AfterEach
    void close() {
        exchanges.close();
        plain.shutdownNow();
        origin.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "fin   # HTTP/1.",
                "fin   # HTTP/1.1 200 OK|Content-Le",
                "fin   # HTTP/1.1 200 OK|Content-Length: 9||hello",
                "fin   # HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|",
                "reset # HTTP/1.",
                "stay  # SSH-2.0-OpenSSH_9.2||",
                "stay  # HTTP/1.1 200 OK|bad name: x||",
                "stay  # HTTP/1.1 200 OK|Transfer-Encoding: chunked||zz|hello|",
            })
    void an_answer_that_is_none(String end, String sent) throws Exception {
        origin.on("/", request -> {
            request.send(sent);
            switch (end) {
                case "fin" -> request.fin();
                case "reset" -> request.reset();
                default -> {}
            }
        });
        assertSame(origin.uri("/a"));
    }

    @Test
    void a_connection_that_is_refused() throws Exception {
        URI gone = origin.uri("/a");
        origin.close();
        assertSame(gone);
    }

    private void assertSame(URI uri) throws InterruptedException {
        Throwable theirs =
                catchThrowable(() -> plain.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
        Throwable ours = ClientFaults.thrown(ClientFaults.of(exchanges.failure(uri)));
        assertThat(ours).as("instead of %s", theirs).isExactlyInstanceOf(theirs.getClass());
    }
}
