package dev.fetchonce.wire;

import static dev.fetchonce.wire.ExchangeCase.ends;
import static dev.fetchonce.wire.ExchangeCase.plays;
import static dev.fetchonce.wire.ExchangeCase.resets;
import static dev.fetchonce.wire.ExchangeCase.sends;

import dev.fetchonce.Reason;
import dev.fetchonce.wire.ExchangeCase.End;
import java.time.Duration;
import java.util.stream.Stream;

/** The end of a body (RFC 9112 §6). */
final class FramingCases {
    private static final String OK = "HTTP/1.1 200 OK|";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked||";
    private static final String TEXT = OK + "Content-Type: text/plain|";
    private static final String JSON = OK + "Content-Type: application/json|";

    private FramingCases() {}

    static Stream<ExchangeCase> all() {
        return Stream.of(
                        good(),
                        lengths(),
                        codings(),
                        bodiless(),
                        truncated(),
                        chunks(),
                        lenientChunks(),
                        limits(),
                        closeDelimited())
                .flatMap(cases -> cases);
    }

    private static Stream<ExchangeCase> good() {
        return Stream.of(
                sends("a length", OK + "Content-Length: 5||hello").gives("hello"),
                sends("an empty body", OK + "Content-Length: 0||").gives(""),
                sends("a length given twice alike", OK + "Content-Length: 2|Content-Length: 2||ok")
                        .gives("ok"),
                sends("a length with leading zeros", OK + "Content-Length: 002||ok")
                        .gives("ok"),
                sends("chunks", CHUNKED + "2|he|3|llo|0||").gives("hello"),
                sends("a chunk size in upper and lower case", CHUNKED + "A|0123456789|b|0123456789a|0||")
                        .gives("01234567890123456789a"),
                sends("chunked in other letters", OK + "TRANSFER-encoding: Chunked||2|ok|0||")
                        .gives("ok"),
                sends("no chunk but the last", CHUNKED + "0||").gives(""),
                sends("chunk extensions", CHUNKED + "2;a=b;c=\"d\"|ok|0;e||").gives("ok"),
                sends("a length, and Connection: close", OK + "Connection: close|Content-Length: 2||ok")
                        .gives("ok")
                        .end(End.CLOSED),
                ends("a length, then FIN", OK + "Content-Length: 2||ok")
                        .gives("ok")
                        .end(End.CLOSED),
                ends("chunks, then FIN", CHUNKED + "2|ok|0||").gives("ok").end(End.CLOSED),
                sends("more than was announced", OK + "Content-Length: 2||ok, and more")
                        .gives("ok")
                        .end(End.ANY));
    }

    private static Stream<ExchangeCase> lengths() {
        return Stream.of(
                sends("lengths that differ", OK + "Content-Length: 2|Content-Length: 3||ok!"),
                sends("lengths that differ in one line", OK + "Content-Length: 2, 3||ok!"),
                sends("a signed length", OK + "Content-Length: +3||ok!"),
                sends("a negative length", OK + "Content-Length: -1||ok"),
                sends("a length of 19 digits", OK + "Content-Length: 1000000000000000000||ok"),
                sends("a length beyond 64 bits", OK + "Content-Length: 99999999999999999999||ok"),
                sends("an empty length", OK + "Content-Length:||ok"),
                sends("a length that is a word", OK + "Content-Length: many||ok"),
                sends("a length with a unit", OK + "Content-Length: 2b||ok"),
                sends("a hexadecimal length", OK + "Content-Length: 0x2||ok"),
                sends("a length with a fraction", OK + "Content-Length: 2.0||ok"),
                sends("two lengths with a space between", OK + "Content-Length: 2 2||ok"));
    }

    private static Stream<ExchangeCase> codings() {
        return Stream.of(
                sends("a length and chunks", OK + "Content-Length: 3|Transfer-Encoding: chunked||3|abc|0||"),
                sends("chunks and a length", OK + "Transfer-Encoding: chunked|Content-Length: 13||3|abc|0||"),
                sends("a length of zero and chunks", OK + "Content-Length: 0|Transfer-Encoding: chunked||3|abc|0||"),
                sends("gzip, then chunked", OK + "Transfer-Encoding: gzip, chunked||2|ok|0||"),
                sends("chunked twice", OK + "Transfer-Encoding: chunked, chunked||2|ok|0||"),
                sends("chunked in two lines", OK + "Transfer-Encoding: chunked|Transfer-Encoding: chunked||2|ok|0||"),
                ends("identity as a transfer coding", OK + "Transfer-Encoding: identity||ok"),
                ends("gzip as a transfer coding", OK + "Transfer-Encoding: gzip||ok"),
                sends("an unknown transfer coding", OK + "Transfer-Encoding: xchunked||2|ok|0||"),
                sends("identity and a length", OK + "Transfer-Encoding: identity|Content-Length: 2||ok"),
                sends("an empty transfer coding", OK + "Transfer-Encoding:|Content-Length: 2||ok"));
    }

    private static Stream<ExchangeCase> bodiless() {
        return Stream.of(
                sends("204", "HTTP/1.1 204 No Content||").gives(""),
                sends("204 with a length of zero", "HTTP/1.1 204 No Content|Content-Length: 0||")
                        .gives(""),
                sends("204 with a length", "HTTP/1.1 204 No Content|Content-Length: 2||ok")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 with a length and without a body", "HTTP/1.1 204 No Content|Content-Length: 2||")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 with chunks", "HTTP/1.1 204 No Content|Transfer-Encoding: chunked||2|ok|0||")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 with both", "HTTP/1.1 204 -|Content-Length: 2|Transfer-Encoding: gzip||")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 with lengths that differ", "HTTP/1.1 204 -|Content-Length: 2|Content-Length: 3||")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 of HTTP/1.0 with a length", "HTTP/1.0 204 -|Content-Length: 2||")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 with a negative length", "HTTP/1.1 204 -|Content-Length: -1||")
                        .gives("")
                        .end(End.CLOSED),
                sends(
                                "204 with a length of zero and chunks",
                                "HTTP/1.1 204 -|Content-Length: 0|Transfer-Encoding: chunked||")
                        .gives("")
                        .end(End.CLOSED),
                sends("204 with an empty transfer coding", "HTTP/1.1 204 -|Transfer-Encoding:||")
                        .gives("")
                        .end(End.CLOSED),
                ends("204 with a length, then FIN", "HTTP/1.1 204 -|Content-Length: 2||")
                        .gives("")
                        .end(End.CLOSED),
                sends("205 with a length of zero", "HTTP/1.1 205 -|Content-Length: 0||")
                        .gives(""),
                sends("205 without a chunk", "HTTP/1.1 205 -|Transfer-Encoding: chunked||0||")
                        .gives(""),
                sends("204 with a length that is no number", "HTTP/1.1 204 -|Content-Length: many||"),
                sends("304 with chunks", "HTTP/1.1 304 Not Modified|Transfer-Encoding: chunked||2|ok|0||"),
                sends(
                        "304 with a length and chunks",
                        "HTTP/1.1 304 -|Content-Length: 2|Transfer-Encoding: chunked||0||"),
                sends(
                        "101 without having been asked",
                        "HTTP/1.1 101 Switching Protocols|Upgrade: x|Connection: upgrade||"),
                sends(
                                "206 to a request for the whole",
                                "HTTP/1.1 206 -|Content-Range: bytes 0-1/9|Content-Length: 2||ok")
                        .end(End.ANY));
    }

    private static Stream<ExchangeCase> truncated() {
        return Stream.of(
                ends("FIN at once", "").fails(Reason.BROKEN),
                resets("RST at once", "").fails(Reason.BROKEN),
                ends("FIN in the status line", "HTTP/1.1 2").fails(Reason.BROKEN),
                resets("RST in the status line", "HTTP/1.1 2").fails(Reason.BROKEN),
                ends("FIN in the head", OK + "Content-Len").fails(Reason.BROKEN),
                resets("RST in the head", OK + "Content-Len").fails(Reason.BROKEN),
                ends("FIN before a body", OK + "Content-Length: 9||").fails(Reason.BROKEN),
                ends("FIN in a body", OK + "Content-Length: 9||hello").fails(Reason.BROKEN),
                resets("RST in a body", OK + "Content-Length: 9||hello").fails(Reason.BROKEN),
                ends("FIN before a chunk", CHUNKED).fails(Reason.BROKEN),
                ends("FIN in a chunk size", CHUNKED + "1").fails(Reason.BROKEN),
                ends("FIN in a chunk", CHUNKED + "9|hello").fails(Reason.BROKEN),
                resets("RST in a chunk", CHUNKED + "9|hello").fails(Reason.BROKEN),
                ends("FIN before the last chunk", CHUNKED + "2|ok|").fails(Reason.BROKEN),
                resets("RST before the last chunk", CHUNKED + "2|ok|").fails(Reason.BROKEN),
                ends("FIN in the last chunk", CHUNKED + "2|ok|0|").fails(Reason.BROKEN),
                ends("FIN in the body of a failure", "HTTP/1.1 500 -|Content-Length: 9||hello")
                        .fails(Reason.BROKEN));
    }

    private static Stream<ExchangeCase> chunks() {
        return Stream.of(
                sends("a chunk size that is none", CHUNKED + "zz|ok|0||"),
                sends("a negative chunk size", CHUNKED + "-2|ok|0||"),
                sends("a signed chunk size", CHUNKED + "+2|ok|0||"),
                sends("a chunk size beyond 64 bits", CHUNKED + "FFFFFFFFFFFFFFFFF|ok|0||"),
                sends("a chunk size without end", CHUNKED + "0".repeat(100_000))
                        .fails(Reason.PROTOCOL, Reason.TOO_LARGE));
    }

    /**
     * Parts of chunked bodies that the JDK's client tolerates. It reads them as the last chunk, so that the body is
     * empty, or leaves them out.
     */
    private static Stream<ExchangeCase> lenientChunks() {
        String json = JSON + "Transfer-Encoding: chunked||";
        return Stream.of(
                sends("a chunk size with a prefix", json + "0x4|[12]|0||")
                        .askedForJson()
                        .fails(Reason.PROTOCOL, Reason.BROKEN, Reason.UNDECODABLE)
                        .end(End.ANY),
                sends("an empty chunk size", json + "|[12]|0||")
                        .askedForJson()
                        .fails(Reason.PROTOCOL, Reason.BROKEN, Reason.UNDECODABLE)
                        .end(End.ANY),
                sends("a chunk that does not end where it should", CHUNKED + "2|okXX0||")
                        .gives("ok")
                        .end(End.ANY),
                sends("trailers", CHUNKED + "2|ok|0|X: y|Content-Length: 7||")
                        .gives("ok")
                        .end(End.ANY),
                plays(
                                "endless trailers",
                                request -> request.send(CHUNKED + "2|ok|0|").drip("X: y|", Duration.ZERO))
                        .gives("ok")
                        .end(End.CLOSED));
    }

    private static Stream<ExchangeCase> limits() {
        String full = "x".repeat(1_000);
        return Stream.of(
                sends("a body of exactly the limit", OK + "Content-Length: 1000||" + full)
                        .limit(1_000)
                        .gives(full),
                sends("chunks of exactly the limit", CHUNKED + "3e8|" + full + "|0||")
                        .limit(1_000)
                        .gives(full),
                sends("more announced than the limit", OK + "Content-Length: 1001||")
                        .limit(1_000)
                        .fails(Reason.TOO_LARGE),
                sends("far more announced than the limit", OK + "Content-Length: 999999999999999999||")
                        .fails(Reason.TOO_LARGE),
                plays("endless chunks", request -> request.send(CHUNKED).drip("3e8|" + full + "|", Duration.ZERO))
                        .limit(10_000)
                        .fails(Reason.TOO_LARGE),
                plays(
                                "one endless chunk",
                                request -> request.send(CHUNKED + "7fffffff|").drip(full, Duration.ZERO))
                        .limit(10_000)
                        .fails(Reason.TOO_LARGE),
                plays("an endless body", request -> request.send(OK + "|").drip(full, Duration.ZERO))
                        .limit(10_000)
                        .fails(Reason.TOO_LARGE),
                plays(
                                "an endless body of a failure",
                                request -> request.send("HTTP/1.1 500 -||").drip(full, Duration.ZERO))
                        .limit(10_000)
                        .fails(Reason.TOO_LARGE));
    }

    private static Stream<ExchangeCase> closeDelimited() {
        return Stream.of(
                ends("JSON that ends with the connection", JSON + "|[1,2]")
                        .askedForJson()
                        .gives("[1,2]")
                        .end(End.CLOSED),
                ends("JSON that ends with the connection, fetched", JSON + "|[1,2]")
                        .gives("[1,2]")
                        .end(End.CLOSED),
                ends(
                                "JSON of another name that ends with the connection",
                                OK + "Content-Type: application/problem+json||[1]")
                        .gives("[1]")
                        .end(End.CLOSED),
                ends("JSON without a content type that ends with the connection", OK + "|[1,2]")
                        .askedForJson()
                        .gives("[1,2]")
                        .end(End.CLOSED),
                ends("JSON cut off", JSON + "|[1,2").askedForJson().fails(Reason.BROKEN, Reason.UNDECODABLE),
                ends("JSON cut off, fetched", JSON + "|[1,2").fails(Reason.BROKEN, Reason.UNDECODABLE),
                ends("JSON cut off at once", JSON + "|").askedForJson().fails(Reason.BROKEN, Reason.UNDECODABLE),
                ends("JSON cut off at once, fetched", JSON + "|").fails(Reason.BROKEN, Reason.UNDECODABLE),
                resets("JSON that ends with RST", JSON + "|[1,2]").fails(Reason.BROKEN),
                ends("a text that ends with the connection", TEXT + "|hello").onlyGives("hello"),
                ends("an empty text that ends with the connection", TEXT + "|").onlyGives(""),
                ends("a text that ends with an announced close", TEXT + "Connection: close||hello")
                        .onlyGives("hello"),
                ends("a text of HTTP/1.0", "HTTP/1.0 200 OK|Content-Type: text/plain||hello")
                        .onlyGives("hello"),
                resets("a text that ends with RST", TEXT + "|hello").fails(Reason.BROKEN));
    }
}
