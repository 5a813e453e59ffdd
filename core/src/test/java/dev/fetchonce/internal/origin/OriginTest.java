package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.flight.TimedAlarms;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One exchange with an origin that sends given bytes. Where it fails, the origin sees that the client has closed the
 * connection.
 */
class OriginTest {
    /** The rule that gathers every body whole, and refuses a body longer than the limit. */
    static final BodyPolicy WHOLE = (status, headers) -> BodyMode.REFUSE_LONGER;

    private static final int LIMIT = 1_000;
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(150);

    private static final ContentCodings CODINGS = new ContentCodings(LIMIT, Map.of());
    private final OriginClient client =
            OriginClient.own(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(1));
    private final Origin origin = new Origin(client, LIMIT, new BufferAllowance(LIMIT), CODINGS);
    private final TimedAlarms alarms = new TimedAlarms();

    @AfterEach
    void close() {
        client.close(LONG);
        assertThat(client.client().isTerminated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "HTTP/1.1 200 OK|Content-Length: 5||hello                                    # 200 # hello",
                "HTTP/1.1 200 OK|Content-Length: 0||                                         # 200 # ``",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|he|3|llo|0||                  # 200 # hello",
                "HTTP/1.1 204 No Content||                                                   # 204 # ``",
                "HTTP/1.1 304 Not Modified|ETag: x||                                         # 304 # ``",
                "HTTP/1.1 404 Not Found|Content-Length: 4||gone                              # 404 # gone",
                "HTTP/1.1 503|Content-Length: 4||down                                        # 503 # down",
                "HTTP/1.1 301 Moved|Location: /b|Content-Length: 0||                         # 301 # ``",
                "HTTP/1.1 100 Continue||HTTP/1.1 200 OK|Content-Length: 2||ok                # 200 # ok",
                "HTTP/1.1 103 Early Hints|Link: x||HTTP/1.1 200 OK|Content-Length: 2||ok     # 200 # ok",
            })
    void a_complete_answer_is_handed_over_whatever_its_status(String sent, int status, String body) throws Exception {
        try (RawOrigin server = RawOrigin.answering(sent.replace("|", "\r\n"))) {
            ExchangeResult.Answered answered = (ExchangeResult.Answered) exchange(server, LONG);
            assertThat(answered.status()).isEqualTo(status);
            assertThat(new String(answered.representation().content(), StandardCharsets.UTF_8))
                    .isEqualTo(body);
            assertThat(server.requests()).isEqualTo(1);
        }
    }

    @Test
    void a_connection_of_a_complete_answer_is_used_again() throws Exception {
        try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            for (int i = 0; i < 5; i++) {
                assertThat(exchange(server, LONG)).isInstanceOf(ExchangeResult.Answered.class);
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void the_fields_and_the_content_type_are_handed_over() throws Exception {
        String sent = "HTTP/1.1 200 OK\r\ncontent-TYPE: a/b; c=d\r\nX: 1\r\nX: 2\r\nContent-Length: 0\r\n\r\n";
        try (RawOrigin server = RawOrigin.answering(sent)) {
            ExchangeResult.Answered answered = (ExchangeResult.Answered) exchange(server, LONG);
            assertThat(answered.representation().contentType()).isEqualTo("a/b; c=d");
            assertThat(answered.headers().allValues("x")).containsExactly("1", "2");
        }
    }

    @Test
    void a_body_that_ends_with_the_connection_is_complete() throws Exception {
        try (RawOrigin server = new RawOrigin(connection -> {
            connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
            connection.end();
        })) {
            ExchangeResult.Answered answered = (ExchangeResult.Answered) exchange(server, LONG);
            assertThat(answered.representation().content()).hasSize(5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\nhello"
            })
    void an_answer_that_is_cut_off_is_broken(String sent) throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            try (RawOrigin server = new RawOrigin(connection -> {
                connection.send(sent);
                if (reset) {
                    connection.reset();
                } else {
                    connection.end();
                }
            })) {
                assertBroken(server, LONG, Reason.BROKEN, "the connection broke before the answer was complete");
                assertThat(server.requests())
                        .as("the client may ask again once")
                        .isBetween(1, 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            })
    void an_answer_that_is_not_http_is_refused(String sent) throws Exception {
        try (RawOrigin server = RawOrigin.answering(sent)) {
            Failure failure = ((ExchangeResult.Broken) exchange(server, LONG)).failure();
            assertThat(failure.reason()).as(failure.toString()).isIn(Reason.PROTOCOL, Reason.BROKEN);
            assertNamesOnlyTheOrigin(server, failure); // the JDK's client leaves such a connection open
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "",
                "-1",
                "-5",
                "5x",
                "0x5",
                "99999999999999999999",
                "5, 6",
                "5\r\nContent-Length: 6",
                "+5",
                "5 5",
            })
    void a_malformed_length_neither_hangs_nor_leaks(String length) throws Exception {
        assertDisbelieved("Content-Length: " + length, 1);
    }

    /**
     * In a few of a hundred exchanges the JDK's client runs the handler on the sending thread. That thread cannot call
     * itself off.
     */
    @Test
    void a_malformed_length_leaks_nothing_on_whichever_thread_its_head_is_taken() throws Exception {
        assertDisbelieved("Content-Length: abc", 400);
    }

    /** Otherwise one origin that sends such heads would cost all other origins their connections. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: gzip, chunked",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: -5"
            })
    void a_head_that_is_not_believed_does_not_cost_the_client(String fields) throws Exception {
        HttpClient first = client.client();
        assertDisbelieved(fields, 200);
        assertThat(client.client()).isSameAs(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONSENSE\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n"})
    void bytes_that_are_no_head_leave_no_connection_open(String head) throws Exception {
        HttpClient first = client.client();
        try (RawOrigin server = RawOrigin.answering(head)) {
            for (int i = 0; i < 5; i++) {
                assertBroken(server, LONG, Reason.PROTOCOL, "sent no valid HTTP");
            }
            server.awaitEnded();
        }
        assertThat(client.client())
                .as("it was replaced, as it had forgotten them")
                .isNotSameAs(first);
        try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            assertThat(exchange(server, LONG)).isInstanceOf(ExchangeResult.Answered.class);
        }
    }

    @Test
    void a_length_that_is_given_twice_is_one() throws Exception {
        String sent = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello";
        try (RawOrigin server = RawOrigin.answering(sent)) {
            assertThat(exchange(server, LONG)).isInstanceOf(ExchangeResult.Answered.class);
        }
    }

    @Test
    void a_body_of_exactly_the_limit_is_taken() throws Exception {
        String body = "x".repeat(LIMIT);
        try (RawOrigin server =
                RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: " + LIMIT + "\r\n\r\n" + body)) {
            ExchangeResult.Answered answered = (ExchangeResult.Answered) exchange(server, LONG);
            assertThat(answered.representation().content()).hasSize(LIMIT);
        }
    }

    @Test
    void a_longer_body_that_is_announced_is_refused_before_it_comes() throws Exception {
        try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: " + (LIMIT + 1) + "\r\n\r\n")) {
            assertBroken(
                    server, LONG, Reason.TOO_LARGE, "a body of 1001 bytes was announced, and maximumBodyBytes is 1000");
            server.awaitEnded();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"})
    void an_endless_body_is_refused(String head) throws Exception {
        String part = head.contains("chunked") ? "40\r\n" + "x".repeat(64) + "\r\n" : "x".repeat(64);
        try (RawOrigin server = new RawOrigin(connection -> {
            connection.send(head);
            connection.drip(part);
        })) {
            assertBroken(server, LONG, Reason.TOO_LARGE, "the body did not end within 1000 bytes");
            server.awaitEnded();
        }
    }

    @Test
    void a_silent_origin_is_given_up_at_the_deadline() throws Exception {
        try (RawOrigin server = new RawOrigin(connection -> {})) {
            assertBroken(server, SHORT, Reason.TIMEOUT, "did not answer completely within 150 ms (timeout)");
            server.awaitEnded();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\n#X: y\r\n",
                "HTTP/1.1 200 OK\r\nX: #y",
                "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n#",
            })
    void an_origin_that_drips_is_given_up_at_the_deadline(String sent) throws Exception {
        Origin patient = new Origin(client, Integer.MAX_VALUE - 8, new BufferAllowance(LIMIT), CODINGS);
        try (RawOrigin server = new RawOrigin(connection -> {
            connection.send(sent.substring(0, sent.indexOf('#')));
            connection.drip(sent.endsWith("#") ? "x" : sent.substring(sent.indexOf('#') + 1));
        })) {
            HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
            Failure failure = ((ExchangeResult.Broken)
                            patient.exchange(new TimedLimit(alarms, SHORT), request, server.name(), WHOLE))
                    .failure();
            assertThat(failure.reason()).as(failure.toString()).isEqualTo(Reason.TIMEOUT);
            assertNamesOnlyTheOrigin(server, failure);
            server.awaitEnded();
        }
    }

    @Test
    void a_deadline_that_has_passed_leaves_no_connection() throws Exception {
        try (RawOrigin server = new RawOrigin(connection -> {})) {
            assertBroken(server, Duration.ZERO, Reason.TIMEOUT, "did not answer completely");
            server.awaitEnded();
        }
    }

    @Test
    void a_refused_connection_is_a_connect_failure() throws Exception {
        RawOrigin server = new RawOrigin(connection -> {});
        server.close();
        assertBroken(server, LONG, Reason.CONNECT, "could not be connected to");
    }

    @Test
    void a_tls_handshake_that_is_not_answered_is_given_up_at_the_deadline() throws Exception {
        try (RawOrigin server = new RawOrigin(connection -> {})) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(server.uri().toString().replace("http:", "https:")))
                    .build();
            ExchangeResult outcome = origin.exchange(new TimedLimit(alarms, SHORT), request, server.name(), WHOLE);
            assertThat(((ExchangeResult.Broken) outcome).failure().reason()).isEqualTo(Reason.TIMEOUT);
            server.awaitEnded();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"})
    void an_interrupt_calls_it_off_and_closes_the_connection(String sent) throws Exception {
        try (RawOrigin server = RawOrigin.answering(sent)) {
            CompletableFuture<ExchangeResult> outcome = new CompletableFuture<>();
            Thread flight = Thread.ofVirtual().start(() -> {
                try {
                    outcome.complete(exchange(server, LONG));
                } catch (Exception e) {
                    outcome.completeExceptionally(e);
                }
            });
            server.awaitRequest();
            flight.interrupt();
            assertThatThrownBy(() -> outcome.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            server.awaitEnded();
        }
    }

    @Test
    void a_client_that_was_closed_fails_the_exchange() throws Exception {
        try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            client.close(LONG);
            Failure failure = ((ExchangeResult.Broken) exchange(server, LONG)).failure();
            assertNamesOnlyTheOrigin(server, failure);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void closing_the_client_ends_an_exchange_under_way() throws Exception {
        try (RawOrigin server = new RawOrigin(connection -> {})) {
            CompletableFuture<ExchangeResult> outcome = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    outcome.complete(exchange(server, LONG));
                } catch (Exception e) {
                    outcome.completeExceptionally(e);
                }
            });
            server.awaitRequest();
            client.close(LONG);
            assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(ExchangeResult.Broken.class);
            server.awaitEnded();
        }
    }

    @Test
    void after_every_kind_of_failure_the_same_client_still_works() throws Exception {
        try (RawOrigin bad = new RawOrigin(connection -> connection.reset());
                RawOrigin good = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            for (int i = 0; i < 50; i++) {
                assertThat(exchange(bad, LONG)).isInstanceOf(ExchangeResult.Broken.class);
            }
            assertThat(exchange(good, LONG)).isInstanceOf(ExchangeResult.Answered.class);
            bad.awaitEnded();
        }
    }

    private ExchangeResult exchange(RawOrigin server, Duration deadline) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();
        return origin.exchange(new TimedLimit(alarms, deadline), request, server.name(), WHOLE);
    }

    private void assertBroken(RawOrigin server, Duration deadline, Reason reason, String message)
            throws InterruptedException, IOException {
        Failure failure = ((ExchangeResult.Broken) exchange(server, deadline)).failure();
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        assertThat(failure.message()).contains(message);
        assertNamesOnlyTheOrigin(server, failure);
    }

    /** Checks that a number of exchanges fail, one after another, and that no connection stays open. */
    private void assertDisbelieved(String fields, int times) throws Exception {
        try (RawOrigin server = RawOrigin.answering("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\nhello")) {
            for (int i = 0; i < times; i++) {
                assertBroken(server, LONG, Reason.PROTOCOL, "sent an invalid response: ");
            }
            server.awaitEnded();
        }
    }

    private static void assertNamesOnlyTheOrigin(RawOrigin server, Failure failure) {
        assertThat(failure.message()).startsWith(server.name());
        assertThat(failure.status()).isEmpty();
        assertThat(failure.toString()).doesNotContain("secret");
    }
}
