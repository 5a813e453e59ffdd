package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.client.BadSubscriber.Fault;
import dev.fetchonce.internal.client.Ways.Way;
import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A faulty handler fails its call as it fails a call of the JDK's client. No connection stays open. */
class BadHandlersTest {
    private static final String PART = "HTTP/1.1 200 OK|Content-Length: 100||hello";

    /**
     * The faults after which the JDK's client reads on. Chance decides how far it reads before it signals the
     * subscriber.
     */
    private static final Set<Fault> RACY =
            Set.of(Fault.BODY_FAILS, Fault.BODY_FAILS_WRAPPED, Fault.GET_BODY_THROWS, Fault.GET_BODY_IS_NULL);

    private final Ways ways = new Ways();
    private final ScriptedOrigin origin = new ScriptedOrigin()
            .on("/whole", ScriptedOrigin.sends("HTTP/1.1 200 OK|Content-Length: 5||hello"))
            .on("/part", ScriptedOrigin.sends(PART))
            .on("/cut", ScriptedOrigin.ends(PART));

    @AfterEach
    void close() {
        ways.close();
        origin.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ERROR_IS_MADE_A_BODY") // the JDK may ignore that body
    void it_fails_as_with_the_jdk(Fault fault) throws Exception {
        List<String> expectedSignals = new CopyOnWriteArrayList<>();
        String expected = call(ways.plain(origin.uri("/whole")), BadSubscriber.handler(expectedSignals, fault));
        assertThat(expected).startsWith("thrown:");
        for (Way way : Way.values()) {
            List<String> signals = new CopyOnWriteArrayList<>();
            String actual = call(ways.ours(way, origin.uri("/whole")), BadSubscriber.handler(signals, fault));
            assertThat(actual).as("%s", way).isEqualTo(expected);
            if (!RACY.contains(fault)) {
                assertThat(signals).as("%s", way).isEqualTo(expectedSignals);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COMPLETE_THROWS") // this fault needs the end of the body
    void the_connection_of_a_live_body_is_closed(Fault fault) throws Exception {
        for (Way way : List.of(Way.LIVE, Way.LIVE_AFTER_A_WHILE, Way.PAST)) {
            int before = origin.connections().size();
            call(ways.ours(way, origin.uri("/part")), BadSubscriber.handler(new CopyOnWriteArrayList<>(), fault));
            origin.connections().get(before).awaitClosedByClient();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void a_handler_that_returns_null_fails_its_call(Way way) throws Exception {
        String told = call(ways.ours(way, origin.uri("/whole")), info -> null);
        assertThat(told)
                .isEqualTo("thrown: java.io.IOException(the BodyHandler returned null)"
                        + " java.lang.NullPointerException(the BodyHandler returned null)");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void a_subscriber_may_make_a_body_of_its_error(Way way) throws Exception {
        BodyHandler<String> handler = BadSubscriber.handler(new CopyOnWriteArrayList<>(), Fault.ERROR_IS_MADE_A_BODY);
        assertThat(call(ways.ours(way, origin.uri("/whole")), handler)).isEqualTo("made of onNext");
    }

    @Test
    void a_connection_that_breaks_fails_as_with_the_jdk() throws Exception {
        for (HandlerCases<?> one : HandlerCases.all(Path.of("unused"))
                .filter(each -> List.of(
                                "ofString",
                                "ofByteArray",
                                "discarding",
                                "ofInputStream",
                                "fromSubscriber with a finisher")
                        .contains(each.name()))
                .toList()) {
            String expected = one.through(ways.plain(origin.uri("/cut")));
            for (Way way : List.of(Way.LIVE, Way.LIVE_AFTER_A_WHILE, Way.PAST)) {
                assertThat(one.through(ways.ours(way, origin.uri("/cut"))))
                        .as("%s %s", one, way)
                        .isEqualTo(expected);
            }
        }
    }

    /** A subscriber that never makes a body; it records its subscription and its error. */
    private static final class Mute implements BodySubscriber<String> {
        final CountDownLatch subscribed = new CountDownLatch(1);
        final CompletableFuture<Throwable> error = new CompletableFuture<>();

        @Override
        public CompletionStage<String> getBody() {
            return new CompletableFuture<>();
        }

        @Override
        public void onSubscribe(Flow.Subscription it) {
            it.request(1);
            subscribed.countDown();
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {}

        @Override
        public void onError(Throwable failure) {
            error.complete(failure);
        }

        @Override
        public void onComplete() {}
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "PAST") // the JDK's client keeps the time there
    void a_body_that_is_never_made_is_waited_for_until_the_deadline(Way way) throws Exception {
        Mute mute = new Mute();
        Deadline now = Deadline.after(Duration.ZERO);
        String path = way == Way.STORED ? "/whole" : "/part";
        assertThatThrownBy(() -> ways.through(way, origin.uri(path), info -> mute, now))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(HttpTimeoutException.class)
                .hasMessage("request timed out");
        if (way.open()) {
            assertThat(mute.error.get(20, TimeUnit.SECONDS)).isInstanceOf(HttpTimeoutException.class);
            origin.connections().getFirst().awaitClosedByClient();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void an_interrupt_ends_the_wait(Way way) throws Exception {
        Mute mute = new Mute();
        String path = way == Way.STORED ? "/whole" : "/part";
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                call(ways.ours(way, origin.uri(path)), info -> mute);
            } catch (Throwable e) {
                thrown.complete(e);
            }
        });
        mute.subscribed.await();
        caller.interrupt();
        assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        if (way.open()) {
            assertThat(mute.error.get(20, TimeUnit.SECONDS))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("Request cancelled");
            origin.connections().getFirst().awaitClosedByClient();
        }
    }

    private static String call(HandlerCases.Sender sender, BodyHandler<String> handler) throws InterruptedException {
        try {
            return sender.body(handler);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return HandlerCases.told(e);
        }
    }
}
