package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.ScriptedOrigin.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A response without a request. No caller may get it. */
class UnsolicitedResponseTest {
    private static final int WORKERS = 8;
    private static final int FETCHES = 250;
    private static final String STOLEN = "[\"stolen\"]";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();

    /** The arrival of the second response. */
    enum Surplus {
        /** In the same write as the good response. */
        AT_ONCE,
        /**
         * Directly after the good response, so that it may arrive at the moment when the next exchange uses the
         * connection.
         */
        BEHIND,
        /**
         * Together with the last byte of the good response, so that surplus bytes arrive as the good response becomes
         * complete.
         */
        ASTRIDE,
        /** An interim response, and the wrong response after it. */
        AFTER_INTERIM,
        /** Only the beginning of a response, which the bytes of the next exchange complete. */
        BEGUN
    }

    private static String answer(String body) {
        return "HTTP/1.1 200 OK|Content-Type: application/json|Content-Length: " + body.length() + "||" + body;
    }

    private static void play(Surplus surplus, Request request) throws Exception {
        String good = answer("[\"" + request.path() + "\"]");
        switch (surplus) {
            case AT_ONCE -> request.send(good + answer(STOLEN));
            case BEHIND -> request.send(good).send(answer(STOLEN));
            case ASTRIDE -> request.send(good.substring(0, good.length() - 1)).send("]" + answer(STOLEN));
            case AFTER_INTERIM -> request.send(good + "HTTP/1.1 103 -||" + answer(STOLEN));
            case BEGUN -> request.send(good + "HTTP/1.1 200 OK|Content-Type: application/json|X: ");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BEHIND")
    void a_second_answer_never_becomes_that_of_the_next_request(Surplus surplus) throws Exception {
        origin.on("/", request -> play(surplus, request));
        HttpCache cache = given.cache();
        List<Integer> refused = Crowd.of(WORKERS, worker -> () -> {
                    int failed = 0;
                    for (int i = 0; i < FETCHES; i++) {
                        failed += right(cache, "/" + worker + "/" + i) ? 0 : 1;
                    }
                    return failed;
                })
                .values();
        assertThat(refused).as("refused").allSatisfy(count -> assertThat(count).isLessThan(FETCHES / 2));
    }

    /**
     * The cache cannot detect a surplus response that the JDK's client does not detect. The response can only reach a
     * caller of the same origin.
     */
    @Test
    void a_second_answer_that_comes_when_the_connection_is_used_again_spoils_its_own_origin_only() throws Exception {
        origin.on("/", request -> play(Surplus.BEHIND, request));
        ScriptedOrigin other = given.scripted();
        other.on("/", request -> request.json("[\"" + request.path() + "\"]"));
        HttpCache cache = given.cache();
        Crowd<Integer> bad = Crowd.of(WORKERS, worker -> () -> {
            int spoilt = 0;
            for (int i = 0; i < FETCHES; i++) {
                String path = "/" + worker + "/" + i;
                try {
                    String text = cache.fetch(origin.url(path)).text();
                    assertThat(text).as("an answer of this origin").matches("\\[\"(/\\d+/\\d+|stolen)\"]");
                    spoilt += text.equals("[\"" + path + "\"]") ? 0 : 1;
                } catch (FetchException e) {
                    assertThat(e.reason()).as(e.toString()).isIn(Reason.PROTOCOL, Reason.BROKEN);
                }
            }
            return spoilt;
        });
        Crowd<Void> good = Crowd.of(WORKERS, worker -> () -> {
            for (int i = 0; i < FETCHES; i++) {
                String path = "/good/" + worker + "/" + i;
                assertThat(cache.fetch(other.url(path)).text()).isEqualTo("[\"" + path + "\"]");
            }
            return null;
        });
        good.values();
        System.out.printf(
                "%d of %d answers were another's%n",
                bad.values().stream().mapToInt(i -> i).sum(), WORKERS * FETCHES);
    }

    /** Returns whether the response is the right one. Otherwise the call must fail. */
    private boolean right(HttpCache cache, String path) throws Exception {
        try {
            assertThat(cache.fetch(origin.url(path)).text()).isEqualTo("[\"" + path + "\"]");
            return true;
        } catch (FetchException e) { // the next exchange may be the first to see the fault
            assertThat(e.reason()).as(e.toString()).isIn(Reason.PROTOCOL, Reason.BROKEN);
            return false;
        }
    }
}
