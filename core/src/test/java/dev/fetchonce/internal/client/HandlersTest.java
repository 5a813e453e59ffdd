package dev.fetchonce.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Call;
import dev.fetchonce.testing.FakeOrigin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each handler of the JDK gives the result that it gives over the JDK's client. This holds for a replayed and for a
 * live body.
 */
class HandlersTest {
    private static final String[] FIELDS = {
        "Content-Type: text/plain; charset=utf-8", "Content-Disposition: attachment; filename=\"download\""
    };

    /**
     * The cases without one certain outcome. The JDK's client completes an empty body although its subscriber has
     * cancelled. At times that subscriber then fails on the file that it could not open.
     */
    private static final Set<String> NOT_COMPARED =
            Set.of("ofFile, into none that is there of /empty", "ofFile, into none that is there of /empty204");

    @TempDir
    static Path directory;

    private static FakeOrigin origin;
    private static Ways ways;

    @BeforeAll
    static void open() {
        ways = new Ways();
        byte[] lines = "één\nzwei\r\ntrois\r\n\nfour".getBytes(StandardCharsets.UTF_8);
        byte[] large = large();
        origin = new FakeOrigin()
                .on("/lines", call -> call.send(200, lines, FIELDS))
                .on("/large", call -> call.send(200, large, FIELDS))
                .on("/chunked", HandlersTest::chunks)
                .on("/missing", call -> call.send(404, lines, FIELDS))
                .on("/empty", call -> call.send(200, new byte[0], FIELDS))
                .on("/empty204", call -> call.status(204, FIELDS));
    }

    /**
     * Returns lines of many lengths with characters of two bytes. A split between two chunks must not spoil a
     * character.
     */
    private static byte[] large() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 600; i++) {
            text.append("é".repeat(i / 2)).append(i).append(i % 3 == 0 ? "\r\n" : "\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void chunks(Call call) throws IOException {
        call.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + String.join("\r\n", FIELDS) + "\r\n\r\n");
        for (int i = 0; i < 50; i++) {
            call.raw("a\r\n" + "line " + (1000 + i) + "\n\r\n");
        }
        call.raw("0\r\n\r\n");
    }

    @AfterAll
    static void close() {
        ways.close();
        Await.until("no connection is left", () -> origin.connections() == 0);
        origin.close();
    }

    @TestFactory
    Stream<DynamicTest> makes_the_same_of_it() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String path : List.of("/lines", "/large", "/chunked", "/missing", "/empty", "/empty204")) {
            HandlerCases.all(directory)
                    .filter(one -> !NOT_COMPARED.contains(one + " of " + path))
                    .forEach(one ->
                            tests.add(DynamicTest.dynamicTest(one + " of " + path, () -> assertSame(one, path))));
        }
        return tests.stream();
    }

    private static void assertSame(HandlerCases<?> one, String path) throws Exception {
        String expected = one.through(ways.plain(origin.uri(path)));
        for (Ways.Way way : Ways.Way.values()) {
            assertThat(one.through(ways.ours(way, origin.uri(path))))
                    .as("%s", way)
                    .isEqualTo(expected);
        }
    }
}
