package dev.fetchonce.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.ExchangeTimeout;
import dev.fetchonce.internal.flight.TimedAlarms;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An exchange over an HttpClient of the application. Its {@code send} may end otherwise than that of the JDK's client.
 */
class OriginOtherClientTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String NAME = "http://origin.test";

    private final AtomicReference<ExchangeTimeout> alarm = new AtomicReference<>();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_interrupt_that_comes_as_an_io_exception_is_a_timeout_at_the_deadline(boolean closed) throws Exception {
        assertThat(failure(exchange(() -> waitInVain(closed), Duration.ofMillis(150)))
                        .reason())
                .isEqualTo(Reason.TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_interrupt_that_comes_as_an_io_exception_is_an_interrupt_where_a_caller_calls_it_off(boolean closed) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> exchange(() -> waitInVain(closed), LONG)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void the_cause_in_a_failed_future_is_the_failure() throws Exception {
        Failure failure = failure(exchange(
                () -> {
                    throw new CompletionException(new ConnectException("refused"));
                },
                LONG));
        assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
    }

    /** A proxy selector, for example, may throw before the request is sent. */
    @Test
    void an_exception_from_outside_the_exchange_is_a_refusal() throws Exception {
        for (RuntimeException thrown : new RuntimeException[] {
            new IllegalArgumentException("no proxy", new IOException("none")),
            new UncheckedIOException(new IOException("none")),
            new IllegalStateException("shut")
        }) {
            Failure failure = failure(exchange(
                    () -> {
                        throw thrown;
                    },
                    LONG));
            assertThat(failure.reason()).isEqualTo(Reason.INTERNAL);
            assertThat(failure.message()).isEqualTo(NAME + " cannot be asked: the HttpClient refuses the request");
        }
    }

    @Test
    void an_error_leaves_no_alarm_that_rings_later() {
        assertThatThrownBy(() -> exchange(
                        () -> {
                            throw new StackOverflowError();
                        },
                        LONG))
                .isInstanceOf(StackOverflowError.class);
        alarm.get().ring();
        assertThat(Thread.interrupted()).isFalse();
    }

    private static HttpResponse<?> waitInVain(boolean closed) throws IOException {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts it down");
        } catch (InterruptedException e) {
            throw closed ? new ClosedByInterruptException() : new InterruptedIOException("interrupted");
        }
    }

    private static Failure failure(ExchangeResult exchange) {
        return ((ExchangeResult.Broken) exchange).failure();
    }

    private ExchangeResult exchange(Sending sending, Duration deadline) throws InterruptedException {
        OriginClient client = OriginClient.given(new OtherClient(sending));
        Origin origin = new Origin(client, 1_000, new BufferAllowance(1_000), new ContentCodings(1_000, Map.of()));
        HttpRequest request = HttpRequest.newBuilder(URI.create(NAME)).build();
        TimedAlarms timed = new TimedAlarms();
        Function<Deadline, ExchangeTimeout> alarms = at -> {
            alarm.set(timed.apply(at));
            return alarm.get();
        };
        return origin.exchange(new TimedLimit(alarms, deadline), request, NAME, OriginTest.WHOLE);
    }

    /** The action of {@code send}. */
    private interface Sending {
        HttpResponse<?> send() throws IOException, InterruptedException;
    }

    /** A client whose {@code send} runs an action of the test. */
    private static final class OtherClient extends HttpClient {
        private final Sending sending;

        OtherClient(Sending sending) {
            this.sending = sending;
        }

        @Override
        @SuppressWarnings("unchecked") // no action returns a response
        public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
                throws IOException, InterruptedException {
            return (HttpResponse<T>) sending.send();
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, HttpResponse.BodyHandler<T> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, HttpResponse.BodyHandler<T> handler, HttpResponse.PushPromiseHandler<T> pushes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<CookieHandler> cookieHandler() {
            return Optional.empty();
        }

        @Override
        public Optional<Duration> connectTimeout() {
            return Optional.empty();
        }

        @Override
        public Redirect followRedirects() {
            return Redirect.NEVER;
        }

        @Override
        public Optional<ProxySelector> proxy() {
            return Optional.empty();
        }

        @Override
        public SSLContext sslContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLParameters sslParameters() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Authenticator> authenticator() {
            return Optional.empty();
        }

        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }

        @Override
        public Optional<Executor> executor() {
            return Optional.empty();
        }
    }
}
