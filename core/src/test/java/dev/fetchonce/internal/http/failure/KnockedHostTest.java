package dev.fetchonce.internal.http.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffState.Counting;
import dev.fetchonce.internal.http.failure.BackoffState.Phase;
import dev.fetchonce.internal.http.failure.BackoffState.Probing;
import dev.fetchonce.internal.http.failure.BackoffState.Waiting;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The host that a cache knocks at, and the effect of an answered knock on its state. */
class KnockedHostTest {
    private static final BackoffDelay DELAY = new BackoffDelay(100, 1000);
    private static final long NOW = Math.subtractExact(Long.MAX_VALUE, 50); // the monotonic clock wraps within a wait
    private static final BackoffState ROW =
            new BackoffState(3, NOW, Failure.of(Reason.TIMEOUT, "late"), new Counting());

    private static Failure connect(Exception cause) {
        return Failure.of(Reason.CONNECT, "no connection", cause);
    }

    private static @Nullable OriginBackoff failed(@Nullable OriginBackoff before, Failure failure) {
        return OriginBackoff.failed(
                before, "http://a/1", new BackoffRule.Attempt(failure, OptionalLong.empty(), true), 1, DELAY, 1, NOW);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(connect(new ConnectException("refused")), true),
                Arguments.of(connect(new UnknownHostException("a")), true),
                Arguments.of(connect(new HttpConnectTimeoutException("late")), true),
                Arguments.of(connect(new SSLHandshakeException("expired")), false),
                Arguments.of(
                        connect((ConnectException)
                                new ConnectException("tls").initCause(new SSLHandshakeException("no"))),
                        false),
                Arguments.of(Failure.of(Reason.TIMEOUT, "late"), false),
                Arguments.of(Failure.of(Reason.BROKEN, "reset"), false),
                Arguments.of(Failure.of(503, "busy"), false));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void only_a_host_that_does_not_listen_is_refusing(Failure failure, boolean refusing) {
        OriginBackoff state = failed(null, failure);
        assertThat(state != null && state.refusing() != null).isEqualTo(refusing);
    }

    @Test
    void a_host_that_refuses_again_after_a_tls_failure_is_refusing() {
        OriginBackoff tls = failed(null, connect(new SSLHandshakeException("expired")));
        OriginBackoff refused = failed(tls, connect(new ConnectException("refused")));
        assertThat(refused.refusing()).isNotNull();
        assertThat(refused.refusing().failures()).isEqualTo(1); // both failures arrived in one wait
    }

    static Stream<Arguments> phases() {
        Waiting waiting = new Waiting(NOW + 100, false);
        Waiting over = new Waiting(NOW, false);
        Waiting requested = new Waiting(NOW + 100, true);
        return Stream.of(
                Arguments.of(waiting, true, over),
                Arguments.of(over, false, over),
                Arguments.of(requested, false, requested),
                Arguments.of(new Counting(), false, new Counting()),
                Arguments.of(new Probing(over, 7), false, new Probing(over, 7)),
                Arguments.of(new Probing(waiting, 7), false, new Probing(over, 7)));
    }

    @ParameterizedTest
    @MethodSource("phases")
    void an_answered_knock_ends_the_wait_and_keeps_all_else(Phase before, boolean waits, Phase after) {
        BackoffState connecting = new BackoffState(4, NOW - 1000, connect(new ConnectException("refused")), before);
        SickHost sick = SickHost.from(NOW + 500);
        OriginBackoff state = new OriginBackoff(connecting, ROW, List.of("http://a/1"), sick);

        assertThat(BackoffRule.waits(connecting, NOW)).isEqualTo(waits);
        assertThat(state.listens(NOW))
                .isEqualTo(new OriginBackoff(connecting.with(after), ROW, List.of("http://a/1"), sick));
    }

    @Test
    void an_answered_knock_changes_nothing_at_a_sick_host_that_accepts_connections() {
        OriginBackoff state = new OriginBackoff(null, ROW, List.of("http://a/1"), SickHost.from(NOW));
        assertThat(state.listens(NOW)).isSameAs(state);
    }
}
