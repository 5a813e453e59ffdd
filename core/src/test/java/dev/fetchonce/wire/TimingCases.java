package dev.fetchonce.wire;

import static dev.fetchonce.wire.ExchangeCase.plays;
import static dev.fetchonce.wire.ExchangeCase.sends;

import dev.fetchonce.Reason;
import java.time.Duration;
import java.util.stream.Stream;

/** Slow origins. The cache's timeout covers the connection, the head and the body together. */
final class TimingCases {
    private static final Duration TIMEOUT = Duration.ofMillis(1_000);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final String OK = "HTTP/1.1 200 OK|";
    private static final String LONG_BODY = OK + "Content-Length: 900000||";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked||";

    private TimingCases() {}

    static Stream<ExchangeCase> all() {
        return Stream.concat(slow(), patient());
    }

    private static Stream<ExchangeCase> slow() {
        return Stream.of(
                        sends("silence", ""),
                        sends("silence in the status line", "HTTP/1.1 2"),
                        sends("silence in the head", OK + "Content-Length: 9|"),
                        sends("silence before the body", OK + "Content-Length: 9||"),
                        sends("silence in the body", OK + "Content-Length: 9||hello"),
                        sends("silence in a chunk", CHUNKED + "9|hello"),
                        sends("silence before the last chunk", CHUNKED + "2|ok|"),
                        sends("silence in a body that ends with the connection", OK + "|hello"),
                        sends("silence after an interim answer", "HTTP/1.1 103 -||"),
                        plays("dripped fields", request -> request.send(OK).drip("X: y|", PAUSE)),
                        plays(
                                "a dripped field",
                                request -> request.send(OK + "X: ").drip("y", PAUSE)),
                        plays(
                                "a dripped status line",
                                request -> request.send("HTTP/1.1 200 ").drip("y", PAUSE)),
                        plays(
                                "a dripped body",
                                request -> request.send(LONG_BODY).drip("x", PAUSE)),
                        plays("dripped chunks", request -> request.send(CHUNKED).drip("1|x|", PAUSE)),
                        plays(
                                "a dripped chunk",
                                request -> request.send(CHUNKED + "ffff|").drip("x", PAUSE)),
                        plays(
                                "a dripped chunk extension",
                                request -> request.send(CHUNKED + "2;").drip("x", PAUSE)),
                        plays(
                                "a dripped body that ends with the connection",
                                request -> request.send(OK + "|").drip("x", PAUSE)),
                        plays(
                                "a dripped body of a failure",
                                request -> request.send("HTTP/1.1 500 -||").drip("x", PAUSE)))
                .map(one -> one.within(TIMEOUT).fails(Reason.TIMEOUT));
    }

    private static Stream<ExchangeCase> patient() {
        return Stream.of(
                plays("a good answer byte by byte", request -> request.oneByOne(OK + "Content-Length: 5||hello"))
                        .gives("hello"),
                plays("good chunks byte by byte", request -> request.oneByOne(CHUNKED + "2|he|3|llo|0||"))
                        .gives("hello"),
                plays(
                                "a good answer with a pause in it",
                                request -> request.send(OK + "Content-Length: 5||he")
                                        .pause(PAUSE)
                                        .send("llo"))
                        .gives("hello"),
                plays(
                                "an interim answer, a pause, a good answer",
                                request -> request.send("HTTP/1.1 103 -||")
                                        .pause(PAUSE)
                                        .send(OK + "Content-Length: 2||ok"))
                        .gives("ok"));
    }
}
