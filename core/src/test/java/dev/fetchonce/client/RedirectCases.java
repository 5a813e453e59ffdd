package dev.fetchonce.client;

import static dev.fetchonce.client.TransparencyCase.sends;

import dev.fetchonce.client.TransparencyCase.Kept;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Stream;

/**
 * Redirects: the statuses that a client follows, the requests that it sends, and the responses that its caller sees
 * (RFC 9110 §15.4).
 */
final class RedirectCases {
    private static final String FRESH = PlainCases.FRESH;
    private static final String THERE = "HTTP/1.1 200 OK|" + FRESH + "X: there|Content-Length: 5||there";
    private static final List<Integer> STATUSES = List.of(300, 301, 302, 303, 304, 305, 306, 307, 308, 309);

    /**
     * True where the JDK's client throws an IOException for an unreadable Location, as ours does. Older clients of the
     * JDK do not wrap the exception that they meet there.
     */
    private static final boolean WRAPPED = Runtime.version().feature() >= 25;

    private RedirectCases() {}

    static Stream<TransparencyCase> all() {
        return Stream.of(statuses(), methods(), places(), odd(), many(), unfollowed())
                .flatMap(cases -> cases);
    }

    private static String to(int status, String location) {
        return "HTTP/1.1 " + status + " -|" + FRESH + "X: here|Location: " + location + "|Content-Length: 4||here";
    }

    private static Stream<TransparencyCase> statuses() {
        return STATUSES.stream()
                .filter(status -> status != 304) // a 304 has no body and is no redirect
                .flatMap(status -> Stream.of(Redirect.values())
                        .map(policy -> sends("a " + status, to(status, "b"))
                                .page("b", THERE)
                                .hits()
                                .following(policy)));
    }

    /** The body of the request is empty, because this origin reads no body. */
    private static Stream<TransparencyCase> methods() {
        return Stream.of(301, 302, 303, 307, 308)
                .flatMap(status -> Stream.of("POST", "PUT", "HEAD", "DELETE", "FROB")
                        .map(method -> sends(
                                        status + " to a " + method,
                                        method.equals("HEAD")
                                                ? "HTTP/1.1 " + status + " -|Location: b||"
                                                : to(status, "b"))
                                .page("b", method.equals("HEAD") && status != 303 ? "HTTP/1.1 200 OK||" : THERE)
                                .asking(method)
                                .count(Kept.ANY)
                                .following(Redirect.NORMAL)));
    }

    private static Stream<TransparencyCase> places() {
        return Stream.of(Redirect.NORMAL, Redirect.ALWAYS)
                .flatMap(policy -> Stream.of(
                                sends("a relative place", to(302, "../c/b?x=y")).page("b", THERE),
                                sends("a place without a scheme", to(302, "//127.0.0.1:1/")),
                                sends("a place on its own", to(302, "?b")),
                                sends("another origin", to(302, TransparencyCase.ELSEWHERE + "x"))
                                        .asking(b -> b.header("Authorization", "Basic eDp5")
                                                .header("Cookie", "a=b")
                                                .header("Referer", "http://x/")
                                                .header("Origin", "http://x")
                                                .header("X", "y")
                                                .header("Accept-Language", "de"))
                                        .hits(),
                                sends("the same origin with credentials", to(302, "b"))
                                        .page("b", THERE)
                                        .asking(b -> b.header("Authorization", "Basic eDp5")
                                                .header("Cookie", "a=b"))
                                        .hits(),
                                sends("another origin for a POST", to(307, TransparencyCase.ELSEWHERE + "x"))
                                        .asking(b ->
                                                b.POST(BodyPublishers.noBody()).header("Authorization", "Basic eDp5")),
                                sends("a fragment", to(302, "b#part"))
                                        .page("b", THERE)
                                        .hits(),
                                sends("a place in capitals", to(302, "B"))
                                        .page("B", THERE)
                                        .hits(),
                                sends("where nobody is", to(302, "http://127.0.0.1:1/x")))
                        .map(one -> one.following(policy)))
                .map(one -> one.kept() == Kept.HIT ? one : one.count(Kept.ANY));
    }

    private static Stream<TransparencyCase> odd() {
        return Stream.of(Redirect.NORMAL, Redirect.ALWAYS)
                .flatMap(policy -> Stream.concat(readable(), WRAPPED ? unreadable() : Stream.empty())
                        .map(one -> one.count(Kept.ANY).following(policy)));
    }

    private static Stream<TransparencyCase> readable() {
        return Stream.of(
                sends("an empty Location", to(302, "")),
                sends("two Locations", to(302, "b|Location: x")).page("b", THERE),
                sends("a port that is none", to(302, "http://127.0.0.1:99999/x")),
                sends("credentials in the Location", to(302, "http://u:p@127.0.0.1:1/x")));
    }

    private static Stream<TransparencyCase> unreadable() {
        String nowhere = "HTTP/1.1 302 -|" + FRESH + "Content-Length: 4||here";
        return Stream.of(
                sends("no Location", nowhere),
                sends("no Location, not to be stored", "HTTP/1.1 302 -|Content-Length: 4||here"),
                sends("no Location, to a POST", nowhere).asking("POST"),
                sends("a Location that is none", to(302, "http://a b/")),
                sends("a Location that is none, to a POST", to(302, "http://a b/"))
                        .asking("POST"),
                sends("a Location with a bad escape", to(302, "b%zz")),
                sends("a scheme without a host", to(302, "http:///x")));
    }

    private static Stream<TransparencyCase> many() {
        return Stream.of(3, 4, 5, 6)
                .flatMap(hops -> Stream.of("GET", "POST").map(method -> {
                    TransparencyCase one = sends(hops + " redirects of a " + method, to(307, "p1"));
                    for (int i = 1; i < hops; i++) {
                        one = one.page("p" + i, to(307, "p" + (i + 1)));
                    }
                    return one.page("p" + hops, THERE)
                            .asking(method)
                            .count(Kept.ANY)
                            .following(Redirect.NORMAL);
                }));
    }

    private static Stream<TransparencyCase> unfollowed() {
        return Stream.of(
                sends("another scheme", to(302, "ftp://127.0.0.1/x")).hits().following(Redirect.NORMAL),
                sends("another scheme, to a POST", to(307, "ftp://127.0.0.1/x"))
                        .asking("POST")
                        .following(Redirect.NORMAL),
                sends("a mail address", to(302, "mailto:a@b")).hits().following(Redirect.NORMAL),
                sends("a circle", to(302, "a")).count(Kept.ANY).following(Redirect.NORMAL),
                sends(
                                "a redirect not to be stored",
                                "HTTP/1.1 302 -|Cache-Control: no-store|Location: b|Content-Length: 4||here")
                        .page("b", THERE)
                        .count(Kept.ANY)
                        .following(Redirect.NORMAL),
                sends(
                                "a redirect with a long body",
                                "HTTP/1.1 302 -|Location: b|Content-Length: 16000||" + "0123456789abcdef".repeat(1_000))
                        .page("b", THERE)
                        .count(Kept.ANY)
                        .following(Redirect.NORMAL),
                sends("what fails behind a redirect", to(302, "b"))
                        .page("b", "HTTP/1.1 503 -|Content-Length: 2||no")
                        .count(Kept.ANY)
                        .following(Redirect.NORMAL));
    }
}
