package dev.fetchonce.client;

import static dev.fetchonce.client.TransparencyCase.ends;
import static dev.fetchonce.client.TransparencyCase.plays;
import static dev.fetchonce.client.TransparencyCase.resets;
import static dev.fetchonce.client.TransparencyCase.sends;

import dev.fetchonce.client.TransparencyCase.Kept;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.stream.Stream;

/** Cases without a redirect: responses of all kinds, and exchanges without a response. */
final class PlainCases {
    static final String FRESH = "Cache-Control: max-age=600|";

    /** A body above the limit of the cache in {@link TransparencyTest}. */
    private static final String LONG = "0123456789abcdef".repeat(1_000);

    private static final String OK = "HTTP/1.1 200 OK|";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked||";
    private static final String STORED =
            OK + FRESH + "ETag: \"1\"|Content-Type: text/plain|x-Odd-Name: a|X-odd-name: b|Content-Length: 5||hello";

    private PlainCases() {}

    static Stream<TransparencyCase> all() {
        return Stream.of(stored(), unstored(), statuses(), long_(), requests(), conditions(), broken(), malformed())
                .flatMap(cases -> cases);
    }

    private static Stream<TransparencyCase> stored() {
        return Stream.of(
                sends("a length", STORED).hits(),
                sends("chunks", OK + FRESH + "Transfer-Encoding: chunked||5|hello|0||")
                        .hits(),
                sends("broken JSON", OK + FRESH + "Content-Type: application/json|Content-Length: 2||[1")
                        .hits(),
                ends("JSON up to the end", OK + FRESH + "Content-Type: application/json||[1]")
                        .hits(),
                sends("an empty body", OK + FRESH + "Content-Length: 0||").hits(),
                sends("no chunk but the last", OK + FRESH + "Transfer-Encoding: chunked||0||")
                        .hits(),
                sends("404", "HTTP/1.1 404 -|" + FRESH + "Content-Length: 4||gone")
                        .hits(),
                sends("500 with a lifetime", "HTTP/1.1 500 -|" + FRESH + "Content-Length: 4||oops")
                        .hits(),
                sends("203", "HTTP/1.1 203 -|" + FRESH + "Content-Length: 2||ok")
                        .hits(),
                sends("204", "HTTP/1.1 204 -|" + FRESH + "|").hits(),
                sends("an unknown status", "HTTP/1.1 299 -|" + FRESH + "Content-Length: 2||ok")
                        .hits(),
                sends("a field in several lines", OK + FRESH + "Link: <a>|Link: <b>|Content-Length: 2||ok")
                        .hits(),
                sends("a cookie", OK + FRESH + "Set-Cookie: a=b|Content-Length: 2||ok")
                        .hits(),
                sends("gzip that the caller did not ask for", OK + "Content-Encoding: gzip|Content-Length: 2||zz"),
                sends("Vary", OK + FRESH + "Vary: Accept|Content-Length: 2||ok")
                        .with("Accept", "text/plain")
                        .hits(),
                sends("interim answers", "HTTP/1.1 103 -|Link: </a>||HTTP/1.1 102 -||" + STORED)
                        .hits(),
                sends("HTTP/1.0", "HTTP/1.0 200 OK|" + FRESH + "Connection: close|Content-Length: 2||ok")
                        .hits());
    }

    private static Stream<TransparencyCase> unstored() {
        return Stream.of(
                sends("no-store", OK + "Cache-Control: no-store|Content-Length: 5||hello"),
                sends("no-store in chunks", OK + "Cache-Control: no-store|Transfer-Encoding: chunked||5|hello|0||"),
                sends("no-store and empty", OK + "Cache-Control: no-store|Content-Length: 0||"),
                ends("no-store up to the end", OK + "Cache-Control: no-store||hello"),
                sends("nothing said", OK + "Content-Length: 2||ok"),
                sends("max-age=0", OK + "Cache-Control: max-age=0|Content-Length: 2||ok"),
                sends("Vary: *", OK + FRESH + "Vary: *|Content-Length: 2||ok"),
                ends("a text up to the end", OK + FRESH + "|hello"),
                sends("no-store asked for", STORED).with("Cache-Control", "no-store"),
                sends("304 that nobody asked for", "HTTP/1.1 304 -|" + FRESH + "ETag: \"1\"||"),
                sends(
                        "206 that nobody asked for",
                        "HTTP/1.1 206 -|" + FRESH + "Content-Range: bytes 0-1/9|Content-Length: 2||ok"),
                sends("205", "HTTP/1.1 205 -|Content-Length: 0||"),
                sends("a status that there is not", "HTTP/1.1 999 -|Content-Length: 2||ok"),
                sends("broken gzip", OK + FRESH + "Content-Encoding: gzip|Content-Length: 2||zz")
                        .with("Accept-Encoding", "gzip"),
                ends("a part of JSON up to the end", OK + FRESH + "Content-Type: application/json||[1,"));
    }

    private static Stream<TransparencyCase> statuses() {
        return Stream.of(400, 401, 403, 405, 407, 409, 410, 418, 429, 451, 500, 501, 502, 503, 504, 599)
                .map(status -> sends("status " + status, "HTTP/1.1 " + status + " -|Content-Length: 4|X: y||oops"));
    }

    private static Stream<TransparencyCase> long_() {
        return Stream.of(
                sends("a long body", OK + FRESH + "Content-Length: 16000||" + LONG),
                sends("a long body in chunks", OK + FRESH + "Transfer-Encoding: chunked||3e80|" + LONG + "|0||"),
                ends("a long body up to the end", OK + FRESH + "|" + LONG),
                sends("a long body of a failure", "HTTP/1.1 503 -|Content-Length: 16000||" + LONG),
                ends("a long body that breaks off", OK + FRESH + "Content-Length: 16001||" + LONG),
                resets("a long body that is reset", OK + FRESH + "Content-Length: 16001||" + LONG));
    }

    private static Stream<TransparencyCase> requests() {
        return Stream.of(
                sends("fields of the caller's own", STORED)
                        .asking(b -> b.header("Accept", "text/plain")
                                .header("X", "1")
                                .header("X", "2"))
                        .hits(),
                sends("an Authorization", STORED)
                        .with("Authorization", "Basic eDp5")
                        .hits(),
                sends("an Accept-Encoding", STORED)
                        .with("Accept-Encoding", "gzip")
                        .hits(),
                sends("a User-Agent", STORED).with("User-Agent", "me").hits(),
                sends("a version", STORED)
                        .asking(b -> b.version(HttpClient.Version.HTTP_1_1))
                        .hits(),
                sends("a timeout that is far away", STORED)
                        .asking(b -> b.timeout(Duration.ofMinutes(1)))
                        .hits(),
                sends("HEAD", OK + FRESH + "Content-Length: 5||").asking("HEAD"),
                sends("HEAD of what is not there", "HTTP/1.1 404 -|Content-Length: 5||")
                        .asking("HEAD"),
                sends("OPTIONS", "HTTP/1.1 204 -|Allow: GET||").asking("OPTIONS"),
                sends("a method that nobody knows", OK + FRESH + "Content-Length: 2||ok")
                        .asking("FROB"),
                sends("DELETE", "HTTP/1.1 204 -||").asking("DELETE"),
                sends("a POST without a body", OK + FRESH + "Content-Length: 2||ok")
                        .asking("POST"));
    }

    private static Stream<TransparencyCase> conditions() {
        return Stream.of(
                sends("a part", "HTTP/1.1 206 -|Content-Range: bytes 1-2/5|ETag: \"1\"|Content-Length: 2||el")
                        .with("Range", "bytes=1-2"),
                sends("a range that is passed over", STORED).with("Range", "bytes=1-2"),
                sends("416", "HTTP/1.1 416 -|Content-Range: bytes */5|Content-Length: 0||")
                        .with("Range", "bytes=9-"),
                sends("If-Match", STORED).with("If-Match", "\"1\""),
                sends("If-Match that fails", "HTTP/1.1 412 -|Content-Length: 0||")
                        .with("If-Match", "\"1\""),
                sends("If-Unmodified-Since", STORED).with("If-Unmodified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"),
                sends("If-None-Match that does not match", STORED)
                        .with("If-None-Match", "\"2\"")
                        .count(Kept.ANY), // the field does not reach the origin
                tagged("If-None-Match that matches", FRESH).with("If-None-Match", "\"1\""),
                tagged("If-None-Match that matches weakly", FRESH).with("If-None-Match", "W/\"1\""),
                tagged("If-None-Match that matches what is not stored", "Cache-Control: no-store|")
                        .with("If-None-Match", "\"1\""),
                tagged("If-Modified-Since", FRESH).with("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"),
                tagged("If-Modified-Since for what is not stored", "Cache-Control: no-store|")
                        .with("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"));
    }

    /**
     * Returns a case whose origin has the response that the conditions of the case ask about. It answers 304 to every
     * conditional request.
     */
    private static TransparencyCase tagged(String name, String control) {
        String tagged = control + "ETag: \"1\"|";
        return plays(
                        name,
                        request -> request.send(
                                request.head().contains("\nIf-")
                                        ? "HTTP/1.1 304 -|" + tagged + "|"
                                        : OK + tagged
                                                + "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT|Content-Length: 2||ok"))
                .count(Kept.ANY);
    }

    private static Stream<TransparencyCase> broken() {
        return Stream.of(
                ends("FIN at once", ""),
                resets("RST at once", ""),
                ends("FIN in the status line", "HTTP/1.1 2"),
                resets("RST in the status line", "HTTP/1.1 2"),
                ends("FIN in the head", OK + "Content-Len"),
                resets("RST in the head", OK + "Content-Len"),
                ends("FIN after an interim answer", "HTTP/1.1 103 -|Link: </a>||"),
                ends("FIN before a body", OK + "Content-Length: 9||"),
                ends("FIN in a body", OK + "Content-Length: 9||hello"),
                resets("RST in a body", OK + "Content-Length: 9||hello"),
                ends("FIN in a chunk size", CHUNKED + "1"),
                ends("FIN in a chunk", CHUNKED + "9|hello"),
                resets("RST in a chunk", CHUNKED + "9|hello"),
                ends("FIN before the last chunk", CHUNKED + "2|ok|"),
                resets("RST before the last chunk", CHUNKED + "2|ok|"),
                ends("FIN in the body of a failure", "HTTP/1.1 500 -|Content-Length: 9||hello"),
                ends("FIN in a body for one", OK + "Cache-Control: no-store|Content-Length: 9||hello"),
                resets("RST in a body for one", OK + "Cache-Control: no-store|Content-Length: 9||hello"),
                plays("nothing in time", request -> {}).asking(b -> b.timeout(Duration.ofMillis(300))),
                plays("nothing in time, to a POST", request -> {})
                        .asking(b -> b.timeout(Duration.ofMillis(300))
                                .POST(java.net.http.HttpRequest.BodyPublishers.noBody())));
    }

    private static Stream<TransparencyCase> malformed() {
        String rest = "Content-Length: 2||ok";
        return Stream.of(
                        ends("another protocol", "SSH-2.0-OpenSSH_9.2||"),
                        ends("a status that is a word", "HTTP/1.1 abc OK|" + rest),
                        ends("a status of two digits", "HTTP/1.1 20 OK|" + rest),
                        ends("no status", "HTTP/1.1|" + rest),
                        ends("a version that there is not", "HTTP/7.3 200 OK|" + rest),
                        ends("an empty status line", "||" + rest),
                        ends("a name with a space in it", OK + "bad name: x|" + rest),
                        ends("a control character in a value", OK + "X: a\u0001b|" + rest),
                        ends("a head above 384 KiB", OK + "X: " + "y".repeat(400_000) + "|" + rest),
                        ends("nine interim answers", "HTTP/1.1 103 -|Link: </a>||".repeat(9) + OK + rest),
                        ends("a chunk size that is none", CHUNKED + "zz|ok|0||"),
                        ends("a negative chunk size", CHUNKED + "-2|ok|0||"),
                        ends("101 without having been asked", "HTTP/1.1 101 -|Upgrade: x|Connection: upgrade||"))
                .map(one -> one.count(Kept.ANY));
    }
}
