package dev.fetchonce.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Reason;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Gzip;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that end at each byte of a response in turn. A caller gets the whole body or a failure, and no call
 * hangs.
 */
class TruncationTest {
    private static final String TEXT = "[\"hello\",\"hello\",\"hello\"]";
    private static final String JSON = "HTTP/1.1 200 OK|Content-Type: application/json|";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();

    /** The ways in which a response marks the end of its body. */
    enum Framing {
        LENGTH,
        CHUNKED,
        GZIP;

        byte[] answer() {
            byte[] text = TEXT.getBytes(StandardCharsets.US_ASCII);
            return switch (this) {
                case LENGTH -> together(JSON + "Content-Length: " + text.length + "||", text, "");
                case CHUNKED -> {
                    String first = TEXT.substring(0, 7);
                    String rest = TEXT.substring(7);
                    String chunks = "7|" + first + "|" + Integer.toHexString(rest.length()) + ";x=y|" + rest + "|0||";
                    yield ScriptedOrigin.bytes(JSON + "Transfer-Encoding: chunked||" + chunks);
                }
                case GZIP -> {
                    byte[] gzip = Gzip.of(text);
                    yield together(JSON + "Content-Encoding: gzip|Content-Length: " + gzip.length + "||", gzip, "");
                }
            };
        }

        private static byte[] together(String head, byte[] body, String tail) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(ScriptedOrigin.bytes(head));
            all.writeBytes(body);
            all.writeBytes(ScriptedOrigin.bytes(tail));
            return all.toByteArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"LENGTH,false", "LENGTH,true", "CHUNKED,false", "CHUNKED,true", "GZIP,false", "GZIP,true"})
    void an_answer_cut_off_at_any_byte_is_a_failure_and_leaves_nothing(Framing framing, boolean reset)
            throws Exception {
        byte[] answer = framing.answer();
        origin.on("/", request -> {
            int offset = Integer.parseInt(request.path().substring(1));
            request.send(Arrays.copyOf(answer, offset));
            if (reset) {
                request.reset();
            } else {
                request.fin();
            }
        });
        HttpCache cache = given.cache();

        List<Crowd.Outcome<String>> outcomes = Crowd.of(
                        answer.length + 1,
                        offset -> () -> cache.fetch(origin.url("/" + offset)).text())
                .outcomes();

        for (int offset = 0; offset < answer.length; offset++) {
            Throwable thrown = outcomes.get(offset).thrown();
            String where = "cut off after " + offset + " of " + answer.length + " bytes: " + outcomes.get(offset);
            assertThat(thrown).as(where).isInstanceOf(FetchException.class);
            assertThat(((FetchException) thrown).reason()).as(where).isIn(Reason.BROKEN, Reason.PROTOCOL);
            assertThat(cache.peek(origin.uri("/" + offset))).as(where).isEmpty();
            assertThat(origin.requests("/" + offset))
                    .as("the JDK repeats a GET that died before any byte; " + where)
                    .hasSizeBetween(1, 2);
        }
        Crowd.Outcome<String> whole = outcomes.getLast();
        if (!reset) {
            assertThat(whole.thrown()).isNull();
        } // a reset may overtake the bytes before it
        if (whole.thrown() == null) {
            assertThat(whole.value()).isEqualTo(TEXT);
        }
        Await.until("no connection is left", () -> origin.open() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_in_two_pieces_is_the_same_wherever_it_is_parted(Framing framing) throws Exception {
        byte[] answer = framing.answer();
        origin.on("/", request -> {
            int offset = Integer.parseInt(request.path().substring(1));
            request.send(Arrays.copyOf(answer, offset))
                    .pause(Duration.ofMillis(5))
                    .send(Arrays.copyOfRange(answer, offset, answer.length));
        });
        HttpCache cache = given.cache();
        List<String> bodies = Crowd.of(
                        answer.length,
                        offset -> () -> cache.fetch(origin.url("/" + offset)).text())
                .values();
        assertThat(bodies).hasSize(answer.length).containsOnly(TEXT);
    }
}
