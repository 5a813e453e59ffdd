package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClientFaultsTest {
    private static Exception behind(Exception outer, Throwable cause) {
        outer.initCause(cause);
        return outer;
    }

    static Stream<Arguments> failures() {
        EOFException eof = new EOFException("geheim");
        return Stream.of(
                Arguments.of(
                        Reason.CONNECT,
                        behind(new ConnectException(), new ClosedChannelException()),
                        List.of(ConnectException.class)),
                Arguments.of(
                        Reason.CONNECT,
                        new HttpConnectTimeoutException("late"),
                        List.of(HttpConnectTimeoutException.class)),
                Arguments.of(Reason.CONNECT, new SSLHandshakeException("bad"), List.of(SSLHandshakeException.class)),
                Arguments.of(Reason.CONNECT, new SSLPeerUnverifiedException("bad"), List.of(SSLException.class)),
                Arguments.of(
                        Reason.CONNECT, new SocketException("Too many open files"), List.of(SocketException.class)),
                Arguments.of(Reason.TIMEOUT, new HttpTimeoutException("late"), List.of(HttpTimeoutException.class)),
                Arguments.of(Reason.PROTOCOL, new ProtocolException("bad"), List.of(ProtocolException.class)),
                Arguments.of(Reason.PROTOCOL, new NumberFormatException("bad"), List.of(ProtocolException.class)),
                Arguments.of(Reason.PROTOCOL, new IOException("invalid chunk"), List.of(IOException.class)),
                Arguments.of(Reason.BROKEN, eof, List.of(EOFException.class)),
                Arguments.of(
                        Reason.BROKEN, new IOException("cut", eof), List.of(IOException.class, EOFException.class)),
                Arguments.of(Reason.BROKEN, new SocketException("Connection reset"), List.of(SocketException.class)),
                Arguments.of(Reason.INTERNAL, new IllegalStateException("bug"), List.of(IOException.class)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_failure_has_the_type_that_the_jdk_has_for_it(Reason reason, Throwable cause, List<Class<?>> types) {
        Throwable at = ClientFaults.of(Failure.of(reason, "http://localhost broke", cause));
        assertThat(at).hasMessageNotContaining("geheim");
        for (Class<?> type : types) {
            assertThat(at).isExactlyInstanceOf(type);
            at = at.getCause();
        }
        assertThat(at).isNull();
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void every_reason_is_one_of_the_exceptions_that_callers_catch(Reason reason) {
        Failure failure = Failure.of(reason, "http://localhost broke");
        IOException first = ClientFaults.of(failure);
        assertThat(first).isNotSameAs(ClientFaults.of(failure)).hasNoCause();
        switch (reason) {
            case TIMEOUT, PATIENCE, BUSY ->
                assertThat(first)
                        .isExactlyInstanceOf(HttpTimeoutException.class)
                        .hasMessage("request timed out");
            case CONNECT -> assertThat(first).isExactlyInstanceOf(ConnectException.class);
            case PROTOCOL -> assertThat(first).isExactlyInstanceOf(ProtocolException.class);
            default -> assertThat(first).isExactlyInstanceOf(IOException.class).hasMessage(failure.message());
        }
    }

    static Stream<Throwable> kept() {
        return Stream.of(
                new HttpConnectTimeoutException("m"),
                new HttpTimeoutException("m"),
                new ConnectException("m"),
                new SSLHandshakeException("m"),
                new SSLException("m"),
                new ProtocolException("m"),
                new IOException("m"));
    }

    @ParameterizedTest
    @MethodSource("kept")
    void send_throws_the_clients_own_types_as_they_are(Throwable failure) {
        assertThat(ClientFaults.thrown(failure))
                .isExactlyInstanceOf(failure.getClass())
                .hasMessage("m")
                .isNotSameAs(failure);
    }

    static Stream<Throwable> wrapped() {
        return Stream.of(
                new EOFException("m"),
                new SocketException("m"),
                new IllegalStateException("m"),
                new UncheckedIOException("m", new IOException()),
                new StackOverflowError("m"));
    }

    @ParameterizedTest
    @MethodSource("wrapped")
    void send_throws_all_others_as_the_cause_of_an_IOException(Throwable failure) {
        assertThat(ClientFaults.thrown(failure))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("m")
                .hasCause(failure);
    }

    @Test
    void send_throws_what_is_the_callers_mistake_unchecked() {
        IllegalArgumentException mistake = new IllegalArgumentException("m");
        assertThatThrownBy(() -> ClientFaults.thrown(mistake))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("m")
                .hasCause(mistake);
        SecurityException denied = new SecurityException("m");
        assertThatThrownBy(() -> ClientFaults.thrown(denied))
                .isExactlyInstanceOf(SecurityException.class)
                .hasMessage("m")
                .hasCause(denied);
    }
}
