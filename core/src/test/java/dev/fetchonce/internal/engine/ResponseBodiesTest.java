package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.Arrival.answer;
import static dev.fetchonce.internal.engine.Arrival.http;
import static dev.fetchonce.internal.engine.Arrival.stale;
import static dev.fetchonce.internal.engine.CallerKind.BACKGROUND;
import static dev.fetchonce.internal.engine.CallerKind.HTTP_CLIENT;
import static dev.fetchonce.internal.engine.CallerKind.VALUE_API;
import static dev.fetchonce.internal.engine.Samples.by;
import static dev.fetchonce.internal.engine.Samples.holding;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.wanting;
import static dev.fetchonce.testing.Row.row;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.testing.Logs;
import dev.fetchonce.testing.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The plan for each body of a response, stated in the words of {@link Plans}. */
class ResponseBodiesTest {
    private static final String JSON = "application/json";

    private final Logs logs = new Logs();

    @AfterEach
    void close() {
        logs.close();
    }

    /** Returns a stored response that has been decoded to this type. */
    private static StoredResponse decodedTo(Type type, long lifetime, String body) {
        StoredResponse stored = holding(body, lasting(lifetime), 0, "Content-Type", JSON);
        try {
            Arrival.decoder(new Recorder()).decoded(stored, type, Deadline.after(Duration.ofMinutes(1)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return stored;
    }

    private static ExchangeResult json(String body) {
        return answer(200, body.getBytes(UTF_8), false, Map.of(), "Content-Type", JSON);
    }

    /** Returns a response whose body ended with its connection. */
    private static ExchangeResult untilClose(int status, String body, String type) {
        return answer(status, body.getBytes(UTF_8), true, Map.of(), "Content-Type", type);
    }

    private static ExchangeResult coded(byte[] body, boolean untilClose, String coding) {
        ContentCodings.Coding spoilt = bytes -> {
            throw new IllegalStateException("spoilt");
        };
        return answer(
                200, body, untilClose, Map.of("spoilt", spoilt), "Content-Encoding", coding, "Content-Type", JSON);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] cutOff(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length - 9);
    }

    private static void assertPlans(Row<Supplier<LandingPlan>> row) {
        assertThat(Plans.words(row.given().get())).isEqualTo(row.outcome());
    }

    /** A type whose constructor throws an error of the machine, which its thread alone gets. */
    static final class Breaking {
        Breaking() {
            throw new InternalError("spoilt");
        }
    }

    /** A type whose constructor throws an exception. */
    static final class Throwing {
        Throwing() {
            throw new IllegalStateException("spoilt");
        }
    }

    static Stream<Row<Supplier<LandingPlan>>> bodies() {
        String kept = "fetched 200; put plain; CLEAR; answered";
        String undecodable = "undecodable 200 UNDECODABLE; KEEP; failure covered";
        String refused = "failed UNDECODABLE; KEEP; failure covered, stored";
        return Stream.of(
                row("JSON for a tree", http().by(wanting(JsonNode.class)).plan(json("{}")), kept),
                row("no JSON for its bytes", http().plan(json("{")), kept),
                row("no JSON for a tree", http().by(wanting(JsonNode.class)).plan(json("{")), undecodable),
                row("no JSON for a number", http().by(wanting(Integer.class)).plan(json("{")), undecodable),
                row(
                        "no JSON for the tree of a waiter",
                        http().wished(JsonNode.class).plan(json("{")),
                        undecodable),
                row(
                        "no JSON for a tree over a stale response",
                        http().over(stale()).by(wanting(JsonNode.class)).plan(json("{")),
                        "undecodable 200 UNDECODABLE; KEEP; failure covered, stored"),
                row("an object for a number", http().by(wanting(Integer.class)).plan(json("{}")), kept),
                row(
                        "an object for the number of a waiter",
                        http().wished(Integer.class).plan(json("{}")),
                        kept),
                row(
                        "an object for a type that throws",
                        http().by(wanting(Throwing.class)).plan(json("{}")),
                        kept),
                row(
                        "an object for a type that breaks the machine",
                        http().by(wanting(Breaking.class)).plan(json("{}")),
                        kept),
                row(
                        "an object over a number that can stand in",
                        http().over(decodedTo(Integer.class, 5, "1")).plan(json("{}")),
                        refused),
                row(
                        "an object over a fresh number",
                        http().over(decodedTo(Integer.class, 60, "1")).plan(json("{}")),
                        refused),
                row(
                        "a number over a number",
                        http().over(decodedTo(Integer.class, 5, "1")).plan(json("2")),
                        kept),
                row(
                        "an object to a client over a number",
                        http().by(by(HTTP_CLIENT))
                                .over(decodedTo(Integer.class, 5, "1"))
                                .plan(json("{}")),
                        kept),
                row(
                        "an object over a number in the background",
                        http().by(by(BACKGROUND))
                                .over(decodedTo(Integer.class, 5, "1"))
                                .plan(json("{}")),
                        refused),
                row(
                        "an object over a number that is too stale",
                        http().over(decodedTo(Integer.class, -91, "1")).plan(json("{}")),
                        kept),
                row(
                        "no JSON that is not stored for a tree",
                        http().by(wanting(JsonNode.class))
                                .plan(answer(200, "Cache-Control", "no-store", "Content-Encoding", "identity")),
                        "fetched 200 but no-store; drop plain; MARK; answered"),
                row(
                        "a redirect for a tree",
                        http().by(wanting(JsonNode.class)).plan(answer(301, "Location", "/b")),
                        "fetched 301; put plain; CLEAR; answered"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void a_body(Row<Supplier<LandingPlan>> row) {
        assertPlans(row);
    }

    @Test
    void a_body_that_breaks_the_machine_in_a_kept_type_leaves_no_plan() {
        StoredResponse stored = stale("Content-Type", JSON);
        Object known = "decoded before";
        try {
            stored.representation().forms().get(Breaking.class, () -> known, Deadline.after(Duration.ofMinutes(1)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThatThrownBy(() -> http().over(stored).plan(json("{}")).get()).isInstanceOf(InternalError.class);
    }

    static Stream<Row<Function<CallerKind, Supplier<LandingPlan>>>> damaged() {
        Function<ExchangeResult, Function<CallerKind, Supplier<LandingPlan>>> plans =
                exchange -> kind -> http().by(by(kind)).plan(exchange);
        String kept = "fetched 200; put plain; CLEAR; answered";
        String incomplete = "fetched 200 but incomplete; CLEAR; answered";
        return Stream.of(
                row(
                        "a cut off text",
                        plans.apply(untilClose(200, "[1,", "text/plain")),
                        incomplete + " | " + incomplete),
                row(
                        "a cut off document",
                        plans.apply(untilClose(200, "[1,", JSON)),
                        "failed BROKEN; KEEP; failure covered | " + incomplete),
                row(
                        "a number that may go on",
                        plans.apply(untilClose(200, "1", JSON)),
                        "failed BROKEN; KEEP; failure covered | " + incomplete),
                row("a whole document", plans.apply(untilClose(200, "[1]", JSON)), kept + " | " + kept),
                row(
                        "a whole document as a text",
                        plans.apply(untilClose(200, "[1]", "text/plain")),
                        kept + " | " + kept),
                row(
                        "a failure that may be cut off",
                        plans.apply(untilClose(404, "[1,", JSON)),
                        "failed STATUS 404, answered 404; drop plain; put plain; CLEAR; failure not covered"
                                + " | failed STATUS 404, answered 404; drop plain; put plain; CLEAR; failure not covered"),
                row(
                        "a redirect that may be cut off",
                        plans.apply(answer(301, "[1,".getBytes(UTF_8), true, Map.of(), "Location", "/b")),
                        "fetched 301; put plain; CLEAR; answered | fetched 301; put plain; CLEAR; answered"),
                row(
                        "a whole coding until the close",
                        plans.apply(coded(gzip("[1,"), true, "gzip")),
                        kept + " | " + kept),
                row(
                        "a cut off coding",
                        plans.apply(coded(cutOff(gzip("[1]")), true, "gzip")),
                        "failed PROTOCOL; KEEP; failure covered | fetched 200 but damaged; CLEAR; answered"),
                row(
                        "another coding than announced",
                        plans.apply(coded("[1]".getBytes(UTF_8), false, "gzip")),
                        "failed PROTOCOL; KEEP; failure covered | fetched 200 but damaged; CLEAR; answered"),
                row(
                        "a decoder that throws",
                        plans.apply(coded("[1]".getBytes(UTF_8), false, "spoilt")),
                        "failed APPLICATION; KEEP; unchanged | fetched 200 but damaged; CLEAR; answered"),
                row(
                        "a coding without a decoder",
                        plans.apply(coded("[1]".getBytes(UTF_8), false, "br")),
                        "failed PROTOCOL; KEEP; failure covered | " + kept),
                row(
                        "a coding without a decoder until the close",
                        plans.apply(coded("[1]".getBytes(UTF_8), true, "br")),
                        "failed PROTOCOL; KEEP; failure covered | " + incomplete),
                row(
                        "a coding of too many bytes",
                        plans.apply(coded(gzip("1".repeat(1_001)), false, "gzip")),
                        "failed TOO_LARGE; KEEP; failure covered | " + kept));
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void a_body_for_the_API_of_values_and_for_a_client(Row<Function<CallerKind, Supplier<LandingPlan>>> row) {
        String value = Plans.words(row.given().apply(VALUE_API).get());
        assertThat(value + " | " + Plans.words(row.given().apply(HTTP_CLIENT).get()))
                .isEqualTo(row.outcome());
        assertThat(Plans.words(row.given().apply(BACKGROUND).get())).isEqualTo(value);
    }

    @Test
    void a_background_renewal_of_a_response_that_only_clients_read_decodes_nothing() {
        StoredResponse unreadable = stale("Content-Encoding", "br");
        LandingPlan plan = http().by(by(BACKGROUND))
                .over(unreadable)
                .plan(coded("[1]".getBytes(UTF_8), false, "br"))
                .get();
        assertThat(Plans.words(plan)).isEqualTo("fetched 200; put plain; CLEAR; answered");
    }

    @Test
    void a_decoder_that_throws_for_a_client_is_logged() {
        Supplier<LandingPlan> plan = http().by(by(HTTP_CLIENT)).plan(coded("[1]".getBytes(UTF_8), false, "spoilt"));
        assertThat(Plans.outcome(plan.get().outcome())).isEqualTo("fetched 200 but damaged");
        assertThat(logs.warnings()).singleElement().asString().contains("code of the application failed");
    }
}
