package dev.fetchonce.wire;

import static dev.fetchonce.wire.ExchangeCase.ends;
import static dev.fetchonce.wire.ExchangeCase.plays;
import static dev.fetchonce.wire.ExchangeCase.sends;

import dev.fetchonce.Reason;
import dev.fetchonce.wire.ExchangeCase.End;
import java.time.Duration;
import java.util.stream.Stream;

/** Status lines, fields and interim answers (RFC 9112 §4 and §5, RFC 9110 §15.2). */
final class HeadCases {
    private static final String OK = "HTTP/1.1 200 OK|";
    private static final String REST = "Content-Length: 2||ok";

    private HeadCases() {}

    static Stream<ExchangeCase> all() {
        return Stream.of(statusLines(), lenient(), fields(), sizes(), interim()).flatMap(cases -> cases);
    }

    private static Stream<ExchangeCase> statusLines() {
        return Stream.of(
                sends("another protocol", "SSH-2.0-OpenSSH_9.2||"),
                sends("a status that is a word", "HTTP/1.1 abc OK|" + REST),
                sends("a status of two digits", "HTTP/1.1 20 OK|" + REST),
                sends("a negative status", "HTTP/1.1 -20 OK|" + REST),
                sends("no status", "HTTP/1.1|" + REST),
                sends("HTTP in lower case", "http/1.1 200 OK|" + REST),
                sends("a version that there is not", "HTTP/7.3 200 OK|" + REST),
                sends("an empty status line", "||" + REST),
                sends("a body without a head", "{\"a\":1}||"),
                sends("status 999", "HTTP/1.1 999 -|" + REST)
                        .fails(Reason.STATUS)
                        .end(End.REUSED),
                sends("status 500", "HTTP/1.1 500 -|" + REST)
                        .fails(Reason.STATUS)
                        .end(End.REUSED));
    }

    private static Stream<ExchangeCase> lenient() {
        return Stream.of(
                sends("no reason phrase", "HTTP/1.1 200 |" + REST).gives("ok"),
                sends("no reason phrase and no space", "HTTP/1.1 200|" + REST).gives("ok"),
                sends("a bare LF at each line's end", (OK + REST).replace("|", "\n"))
                        .gives("ok"),
                sends("a folded line", OK + "X: a|  b|" + REST).gives("ok"),
                sends("an empty value", OK + "X:|" + REST).gives("ok"),
                sends("a value with no space before it", OK + "X:y|Content-Length:2||ok")
                        .gives("ok"),
                sends("spaces around values", OK + "X: \t y \t|Content-Length:   2  ||ok")
                        .gives("ok"),
                sends("names in other letters", OK + "x: y|cONTENT-lENGTH: 2||ok")
                        .gives("ok"),
                sends("an empty name, which the client leaves out", OK + ": y|" + REST)
                        .gives("ok"),
                sends("a line without a colon, which the client leaves out", OK + "nonsense|" + REST)
                        .gives("ok"),
                sends("characters beyond ASCII", OK + "X: \u00c3\u00a4\u00e4|" + REST)
                        .gives("ok"),
                sends("a field many times", OK + "X: y|".repeat(100) + REST).gives("ok"),
                ends("HTTP/1.0 with a length", "HTTP/1.0 200 OK|" + REST)
                        .gives("ok")
                        .end(End.CLOSED),
                sends("HTTP/1.0 with a length that keeps the connection open", "HTTP/1.0 200 OK|" + REST)
                        .gives("ok")
                        .end(End.ANY));
    }

    private static Stream<ExchangeCase> fields() {
        Duration soon = Duration.ofSeconds(2);
        return Stream.of(
                sends("a name with a space in it", OK + "bad name: x|" + REST),
                sends("a space before the colon", OK + "X : y|" + REST),
                sends("a length with a space before the colon", OK + "Content-Length : 2||ok"),
                sends("a name with a control character", OK + "X\u0001: y|" + REST),
                sends("a name beyond ASCII", OK + "\u00e4: y|" + REST),
                sends("NUL in a value", OK + "X: a\u0000b|" + REST),
                sends("NUL in a name", OK + "X\u0000: b|" + REST),
                sends("a control character in a value", OK + "X: a\u0001b|" + REST),
                sends("a folded line before all fields", OK + " x: y|" + REST)
                        .within(soon)
                        .fails(Reason.PROTOCOL, Reason.TIMEOUT));
    }

    private static Stream<ExchangeCase> sizes() {
        return Stream.of(
                sends("a head a little under 64 KiB", OK + "X: " + "y".repeat(60_000) + "|" + REST)
                        .gives("ok"),
                sends("a head above 64 KiB", OK + "X: " + "y".repeat(66_000) + "|" + REST),
                sends("a head above 64 KiB in many fields", OK + "X: yyyy|".repeat(9_000) + REST),
                sends("a name above 64 KiB", OK + "X".repeat(66_000) + ": y|" + REST),
                sends(
                                "a reason phrase above 64 KiB, which is not kept",
                                "HTTP/1.1 200 " + "y".repeat(66_000) + "|" + REST)
                        .gives("ok"),
                sends("a failure's head above 64 KiB", "HTTP/1.1 500 -|X: " + "y".repeat(66_000) + "|" + REST),
                sends("a head above 384 KiB", OK + "X: " + "y".repeat(400_000) + "|" + REST),
                plays(
                        "an endless head",
                        request -> request.send(OK).drip("X: " + "y".repeat(1_000) + "|", Duration.ZERO)),
                plays("an endless field", request -> request.send(OK + "X: ").drip("y".repeat(1_000), Duration.ZERO)),
                plays(
                                "an endless status line",
                                request -> request.send("HTTP/1.1 200 ").drip("y".repeat(1_000), Duration.ZERO))
                        .fails(Reason.PROTOCOL, Reason.TIMEOUT)
                        .within(Duration.ofSeconds(2)));
    }

    private static Stream<ExchangeCase> interim() {
        String early = "HTTP/1.1 103 Early Hints|Link: </a>||";
        return Stream.of(
                sends("100 first", "HTTP/1.1 100 Continue||" + OK + REST).gives("ok"),
                sends("102 first", "HTTP/1.1 102 Processing||" + OK + REST).gives("ok"),
                sends("103 first", early + OK + REST).gives("ok"),
                sends("eight interim answers", early.repeat(8) + OK + REST).gives("ok"),
                sends("nine interim answers", early.repeat(9) + OK + REST),
                sends("a thousand interim answers", early.repeat(1_000) + OK + REST),
                plays("interim answers without end", request -> request.drip(early, Duration.ZERO)),
                ends("FIN after an interim answer", early).fails(Reason.BROKEN));
    }
}
